import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { isForeignKeyViolation } from '../database/constraint.violation';
import { findRow, refuseUsedName, updateGiven } from '../database/row.access';
import { ConflictError, InvalidInputError, UnsupportedError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { isNetworkFilter } from '../fixed-collections/fixed.collections';
import { AccessService } from '../permissions/access.service';
import { permitCreator } from '../permissions/creator.permission';
import { Network } from './network.entity';
import { type ChangedVnicProfile, type NewVnicProfile, unappliedOfProfile } from './network.input';
import { VnicProfile } from './vnic-profile.entity';

const TYPE = 'VM network interface profile';

function refusePassThrough({ pass_through }: ChangedVnicProfile, action: string): void {
  if (pass_through?.mode === 'enabled') throw new UnsupportedError(`Cannot ${action} ${TYPE}. Passthrough is not supported.`);
}

function refuseUnknownFilter({ network_filter }: ChangedVnicProfile, action: string): void {
  if (network_filter?.id === undefined || isNetworkFilter(network_filter.id)) return;
  throw new InvalidInputError(`Cannot ${action} ${TYPE}. There is no Network Filter ${network_filter.id}.`);
}

/** The profiles by which VMs' interfaces are connected. */
@Injectable()
export class VnicProfilesService {
  constructor(
    private readonly db: EntityManager,
    private readonly events: EventsService,
    private readonly access: AccessService,
  ) {}

  list(): Promise<VnicProfile[]> {
    return this.db.find(VnicProfile, { order: { name: 'ASC', id: 'ASC' } });
  }

  /** @throws NotFoundError if there is no such network */
  async listOf(networkId: string): Promise<VnicProfile[]> {
    await findRow(this.db, Network, 'Network', { id: networkId });
    return this.db.find(VnicProfile, { where: { networkId }, order: { name: 'ASC' } });
  }

  /** @throws NotFoundError */
  get(id: string): Promise<VnicProfile> {
    return findRow(this.db, VnicProfile, 'Vnic Profile', { id });
  }

  /** @throws NotFoundError */
  getOf(networkId: string, id: string): Promise<VnicProfile> {
    return findRow(this.db, VnicProfile, 'Vnic Profile', { id, networkId });
  }

  /** Others may use it when they get a permission for that. @throws NotFoundError, ForbiddenError, ConflictError, UnsupportedError */
  async add(input: NewVnicProfile, askerId: string): Promise<VnicProfile> {
    refusePassThrough(input, 'add');
    refuseUnknownFilter(input, 'add');
    const { name, description = '', comment = '', port_mirroring: portMirroring = false, network } = input;
    await findRow(this.db, Network, 'Network', { id: network.id });
    await this.access.require(askerId, 'create_network_vnic_profile', { type: 'network', id: network.id });
    const id = randomUUID();
    const texts = { id, name, description, comment, unapplied: unappliedOfProfile({}, input) };
    const row = { ...texts, portMirroring, networkId: network.id };
    await this.db.transaction(async (tx) => {
      await tx.insert(VnicProfile, row).catch(refuseUsedName('add', TYPE));
      await permitCreator(tx, askerId, 'vnic_profile', id);
    });
    return this.events.tell('VNIC_PROFILE_ADDED', await this.get(id));
  }

  /** @throws NotFoundError, ConflictError, UnsupportedError */
  async update(id: string, input: ChangedVnicProfile): Promise<VnicProfile> {
    refusePassThrough(input, 'edit');
    refuseUnknownFilter(input, 'edit');
    const { networkId, unapplied } = await this.get(id);
    const { name, description, comment, port_mirroring: portMirroring, network } = input;
    if (network?.id !== undefined && network.id !== networkId)
      throw new ConflictError(`Cannot edit ${TYPE}. The Network of a profile cannot be changed.`);
    const changes = { name, description, comment, portMirroring, unapplied: unappliedOfProfile(unapplied, input) };
    await updateGiven(this.db, VnicProfile, { id }, changes).catch(refuseUsedName('edit', TYPE));
    return this.events.tell('VNIC_PROFILE_UPDATED', await this.get(id));
  }

  /** @throws NotFoundError, ConflictError while interfaces use it */
  async remove(id: string): Promise<void> {
    const { name } = await this.get(id);
    await this.db.delete(VnicProfile, { id }).catch((error: unknown) => {
      if (!isForeignKeyViolation(error)) throw error;
      throw new ConflictError(`Cannot remove ${TYPE}. Interfaces of VMs use the profile ${name}. Please remove them and try again.`);
    });
    await this.events.tell('VNIC_PROFILE_REMOVED', { name });
  }
}

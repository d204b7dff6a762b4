import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { findRow, refuseUsedName, updateGiven } from '../database/row.access';
import { Disk } from '../disks/disk.entity';
import { ConflictError, InvalidInputError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { AccessService } from '../permissions/access.service';
import { permitCreator } from '../permissions/creator.permission';
import { Qos } from '../qoss/qos.entity';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import { DiskProfile } from './disk-profile.entity';
import type { ChangedDiskProfile, NewDiskProfile } from './disk-profile.input';

const TYPE = 'Disk Profile';

/** The profiles of disks. */
@Injectable()
export class DiskProfilesService {
  constructor(
    private readonly db: EntityManager,
    private readonly events: EventsService,
    private readonly access: AccessService,
  ) {}

  list(): Promise<DiskProfile[]> {
    return this.db.find(DiskProfile, { order: { name: 'ASC', id: 'ASC' } });
  }

  /** @throws NotFoundError if there is no such domain */
  async listOf(storageDomainId: string): Promise<DiskProfile[]> {
    await findRow(this.db, StorageDomain, 'Storage Domain', { id: storageDomainId });
    return this.db.find(DiskProfile, { where: { storageDomainId }, order: { name: 'ASC' } });
  }

  /** @throws NotFoundError */
  get(id: string): Promise<DiskProfile> {
    return findRow(this.db, DiskProfile, TYPE, { id });
  }

  /** @throws NotFoundError */
  getOf(storageDomainId: string, id: string): Promise<DiskProfile> {
    return findRow(this.db, DiskProfile, TYPE, { id, storageDomainId });
  }

  /** Others may use it when they get a permission for that. @throws NotFoundError, ForbiddenError, ConflictError */
  async add({ name, description = '', comment = '', storage_domain, qos }: NewDiskProfile, askerId: string): Promise<DiskProfile> {
    const { id: domainId, name: domainName } = storage_domain;
    const named = domainId === undefined ? { name: domainName ?? '' } : { id: domainId };
    const domain = await findRow(this.db, StorageDomain, 'Storage Domain', named);
    const storageDomainId = domain.id;
    await this.access.require(askerId, 'create_storage_disk_profile', { type: 'storage_domain', id: storageDomainId });
    const id = randomUUID();
    const qosId = (await this.qosId(qos, domain)) ?? null;
    await this.db.transaction(async (tx) => {
      await tx.insert(DiskProfile, { id, name, description, comment, storageDomainId, qosId }).catch(refuseUsedName('add', TYPE));
      await permitCreator(tx, askerId, 'disk_profile', id);
    });
    return this.events.tell('DISK_PROFILE_ADDED', await this.get(id), { storageDomainId });
  }

  /** @throws NotFoundError, ConflictError */
  async update(id: string, { name, description, comment, qos }: ChangedDiskProfile): Promise<DiskProfile> {
    const { storageDomainId } = await this.get(id);
    const qosId = await this.qosId(qos, await this.db.findOneByOrFail(StorageDomain, { id: storageDomainId }));
    await updateGiven(this.db, DiskProfile, { id }, { name, description, comment, qosId }).catch(refuseUsedName('edit', TYPE));
    return this.events.tell('DISK_PROFILE_UPDATED', await this.get(id), { storageDomainId });
  }

  /** A domain keeps its last profile. @throws NotFoundError, ConflictError */
  async remove(id: string): Promise<void> {
    const { name, storageDomainId } = await this.get(id);
    await this.db.transaction(async (tx) => {
      await tx.findOne(StorageDomain, { where: { id: storageDomainId }, lock: { mode: 'pessimistic_write' } });
      if ((await tx.countBy(DiskProfile, { storageDomainId })) < 2)
        throw new ConflictError(`Cannot remove ${TYPE}. The last Disk Profile of a Storage Domain cannot be removed.`);
      const disks = await tx.countBy(Disk, { diskProfileId: id });
      if (disks > 0) throw new ConflictError(`Cannot remove ${TYPE}. ${disks} disks have the Disk Profile: give them another one first.`);
      await tx.delete(DiskProfile, { id });
    });
    await this.events.tell('DISK_PROFILE_REMOVED', { name }, { storageDomainId });
  }

  /** Undefined: as it was; null: none. @throws NotFoundError, InvalidInputError */
  private async qosId(named: { id?: string | undefined } | undefined, domain: StorageDomain): Promise<string | null | undefined> {
    if (!named) return undefined;
    if (named.id === undefined) return null;
    const qos = await findRow(this.db, Qos, 'QoS', { id: named.id });
    if (qos.dataCenterId === domain.dataCenterId) return qos.id;
    throw new InvalidInputError(`The QoS ${qos.name} belongs to another Data Center than the Storage Domain ${domain.name}.`);
  }
}

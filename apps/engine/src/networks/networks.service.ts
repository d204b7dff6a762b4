import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { Cluster } from '../clusters/cluster.entity';
import { findDataCenter } from '../data-centers/data-center.lookup';
import { isForeignKeyViolation } from '../database/constraint.violation';
import { findRow, refuseUsedName, updateGiven } from '../database/row.access';
import { ConflictError, NotFoundError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { dataCenterFields } from '../data-centers/data-center.columns';
import { AccessService } from '../permissions/access.service';
import { permitCreator } from '../permissions/creator.permission';
import { booleanField, idField, numberField } from '../search/field.kinds';
import type { ListQuery } from '../search/list-query';
import { type Searchable, applySearch } from '../search/search.sql';
import { addProfileForAll } from './management.network';
import { Network } from './network.entity';
import type { ChangedNetwork, NewNetwork } from './network.input';

const SEARCHABLE: Searchable = {
  fields: {
    id: idField('network.id'),
    name: 'network.name',
    description: 'network.description',
    comment: 'network.comment',
    vlanid: numberField('network.vlan_id'),
    mtu: numberField('network.mtu'),
    stp: booleanField('network.stp'),
    vmnetwork: booleanField('network.vm_network'),
  },
  references: {
    datacenter: { from: 'data_center dc WHERE dc.id = network.data_center_id', fields: dataCenterFields('dc') },
    clusternetwork: { from: 'cluster c WHERE c.data_center_id = network.data_center_id', fields: { cluster_name: 'c.name' } },
  },
  defaultSort: 'name',
  freeText: ['name', 'description', 'comment'],
};

/** Columns that a body sets; undefined where it says nothing. */
const columns = ({ description, comment, mtu, stp, vlan, usages }: ChangedNetwork) => ({
  description,
  comment,
  mtu,
  stp,
  vlanId: vlan && (vlan.id ?? null),
  vmNetwork: usages?.includes('vm'),
});

/** The networks. */
@Injectable()
export class NetworksService {
  constructor(
    private readonly db: EntityManager,
    private readonly events: EventsService,
    private readonly access: AccessService,
  ) {}

  list(query: ListQuery): Promise<Network[]> {
    return applySearch(this.db.createQueryBuilder(Network, 'network'), SEARCHABLE, query).getMany();
  }

  /** @throws NotFoundError if there is no such data center */
  async listOf(dataCenterId: string): Promise<Network[]> {
    await findDataCenter(this.db, { id: dataCenterId });
    return this.db.find(Network, { where: { dataCenterId }, order: { name: 'ASC' } });
  }

  /** A cluster has all networks of its data center. @throws NotFoundError if there is no such cluster */
  async listOfCluster(clusterId: string): Promise<Network[]> {
    const { dataCenterId } = await findRow(this.db, Cluster, 'Cluster', { id: clusterId });
    return this.listOf(dataCenterId);
  }

  /** @throws NotFoundError */
  get(id: string): Promise<Network> {
    return findRow(this.db, Network, 'Network', { id });
  }

  /** @throws NotFoundError */
  getOf(dataCenterId: string, id: string): Promise<Network> {
    return findRow(this.db, Network, 'Network', { id, dataCenterId });
  }

  /** A network by id or name, as a cluster of its data center has it. @throws NotFoundError */
  async getOfCluster(clusterId: string, { id, name }: { id?: string | undefined; name?: string | undefined }): Promise<Network> {
    const found = (await this.listOfCluster(clusterId)).find((network) => (id === undefined ? network.name === name : network.id === id));
    if (!found) throw new NotFoundError('Network', id ?? name ?? '');
    return found;
  }

  /** Adds it, with a profile of the same name that all may use, unless the client wants none. @throws NotFoundError, ForbiddenError, ConflictError */
  async add(input: NewNetwork, askerId: string): Promise<Network> {
    const { name, data_center, profile_required = true } = input;
    const { id: dataCenterId } = await findDataCenter(this.db, data_center);
    await this.access.require(askerId, 'create_storage_pool_network', { type: 'data_center', id: dataCenterId });
    const id = randomUUID();
    const given = Object.fromEntries(Object.entries(columns(input)).filter(([, value]) => value !== undefined));
    await this.db.transaction(async (tx) => {
      await tx.insert(Network, { ...given, id, name, dataCenterId }).catch(refuseUsedName('add', 'Network'));
      await permitCreator(tx, askerId, 'network', id);
      if (profile_required) await addProfileForAll(tx, name, id);
      await this.events.record('NETWORK_ADDED', `Network ${name} was added.`, { dataCenterId }, tx);
    });
    return this.get(id);
  }

  /** @throws NotFoundError, ConflictError */
  async update(id: string, input: ChangedNetwork): Promise<Network> {
    const { dataCenterId } = await this.get(id);
    const wanted = input.data_center && (await findDataCenter(this.db, input.data_center));
    if (wanted && wanted.id !== dataCenterId) throw new ConflictError('Cannot edit Network. A Network cannot move to another Data Center.');
    const changes = { ...columns(input), name: input.name };
    await updateGiven(this.db, Network, { id }, changes).catch(refuseUsedName('edit', 'Network'));
    return this.events.tell('NETWORK_UPDATED', await this.get(id), { dataCenterId });
  }

  /** Refused for the management network, and while interfaces use its profiles. @throws NotFoundError, ConflictError */
  async remove(id: string): Promise<void> {
    const { name, dataCenterId, management } = await this.get(id);
    if (management) throw new ConflictError('Cannot remove Network. The Management Network is mandatory and cannot be removed.');
    await this.db.transaction(async (tx) => {
      await tx.delete(Network, { id }).catch((error: unknown) => {
        if (!isForeignKeyViolation(error)) throw error;
        throw new ConflictError(`Cannot remove Network. Interfaces of VMs use the Network ${name}. Please remove them and try again.`);
      });
      await this.events.record('NETWORK_REMOVED', `Network ${name} was removed.`, { dataCenterId }, tx);
    });
  }
}

import { messages, renderMessage } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { dataCenterFields } from '../data-centers/data-center.columns';
import { findDataCenter } from '../data-centers/data-center.lookup';
import { brokenUniqueConstraint, isForeignKeyViolation } from '../database/constraint.violation';
import { rowsByIds } from '../database/rows.by-ids';
import { ConflictError, NotFoundError, UnsupportedError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { eventFields } from '../events/event.columns';
import { hostFields } from '../hosts/host.columns';
import { namedMacPool } from '../networks/mac-pool.lookup';
import { AccessService } from '../permissions/access.service';
import type { ListQuery } from '../search/list-query';
import { type Searchable, applySearch } from '../search/search.sql';
import { vmFields } from '../vms/vm.columns';
import { clusterFields } from './cluster.columns';
import { Cluster } from './cluster.entity';
import type { ChangedCluster, NewCluster } from './cluster.input';
import { unappliedOfCluster } from './cluster.unapplied';
import { storageDomainFields } from '../storage-domains/storage-domain.columns';

const SEARCHABLE: Searchable = {
  fields: clusterFields('cluster'),
  references: {
    datacenter: { from: 'data_center dc WHERE dc.id = cluster.data_center_id', fields: dataCenterFields('dc') },
    host: { from: 'host h WHERE h.cluster_id = cluster.id', fields: hostFields('h') },
    vm: { from: 'vm v WHERE v.cluster_id = cluster.id', fields: vmFields('v') },
    storage: { from: 'storage_domain sd WHERE sd.data_center_id = cluster.data_center_id', fields: storageDomainFields('sd') },
    clusternetwork: { from: 'network n WHERE n.data_center_id = cluster.data_center_id', fields: { network_name: 'n.name' } },
    event: { from: 'event e WHERE e.cluster_id = cluster.id', fields: eventFields('e') },
  },
  defaultSort: 'name',
  freeText: ['name', 'description', 'comment'],
};

const DEFAULT_ARCHITECTURE = 'x86_64';

function failed(error: unknown, action: string): unknown {
  if (brokenUniqueConstraint(error)) return new ConflictError(renderMessage(messages.NAME_ALREADY_USED, { action, type: 'Cluster' }));
  if (isForeignKeyViolation(error)) return new ConflictError(renderMessage(messages.STORAGE_POOL_NOT_EXIST, { action, type: 'Cluster' }));
  return error;
}

/** The clusters. */
@Injectable()
export class ClustersService {
  constructor(
    private readonly db: EntityManager,
    private readonly events: EventsService,
    private readonly access: AccessService,
  ) {}

  list(query: ListQuery): Promise<Cluster[]> {
    return applySearch(this.db.createQueryBuilder(Cluster, 'cluster'), SEARCHABLE, query).getMany();
  }

  /** Clusters by their ids; those that are gone are left out. */
  byIds(ids: readonly string[]): Promise<Cluster[]> {
    return rowsByIds(this.db, Cluster, ids);
  }

  /** The clusters of these data centers. */
  ofDataCenters(ids: readonly string[]): Promise<Cluster[]> {
    return rowsByIds(this.db, Cluster, ids, 'dataCenterId');
  }

  listOf(dataCenterId: string): Promise<Cluster[]> {
    return this.db.find(Cluster, { where: { dataCenterId }, order: { name: 'ASC' } });
  }

  /** @throws NotFoundError */
  async get(id: string): Promise<Cluster> {
    const found = await this.db.findOneBy(Cluster, { id });
    if (!found) throw new NotFoundError('Cluster', id);
    return found;
  }

  /** A cluster of this data center. @throws NotFoundError */
  async getOf(dataCenterId: string, id: string): Promise<Cluster> {
    const found = await this.get(id);
    if (found.dataCenterId !== dataCenterId) throw new NotFoundError('Cluster', id);
    return found;
  }

  /** Without a MAC pool in the input it has its data center's. @throws NotFoundError, ForbiddenError, ConflictError */
  async add(input: NewCluster, askerId: string): Promise<Cluster> {
    const { name, description = '', comment = '', data_center, mac_pool } = input;
    const { id: dataCenterId, macPoolId: pool } = await findDataCenter(this.db, data_center);
    await this.access.require(askerId, 'create_cluster', { type: 'data_center', id: dataCenterId });
    const id = randomUUID();
    const macPoolId = (await namedMacPool(this.db, mac_pool)) ?? pool;
    const texts = { id, name, description, comment, unapplied: unappliedOfCluster({}, input) };
    const row = { ...texts, dataCenterId, macPoolId, cpuArchitecture: DEFAULT_ARCHITECTURE };
    await this.db.insert(Cluster, row).catch((error: unknown) => {
      throw failed(error, 'add');
    });
    return this.events.tell('CLUSTER_ADDED', await this.get(id), { clusterId: id });
  }

  /** A cluster stays in its data center. @throws NotFoundError, ConflictError, UnsupportedError */
  async update(id: string, input: ChangedCluster): Promise<Cluster> {
    const { name, description, comment, data_center, mac_pool } = input;
    const { dataCenterId, unapplied: now } = await this.get(id);
    const wanted = data_center && (await findDataCenter(this.db, data_center));
    if (wanted && wanted.id !== dataCenterId)
      throw new UnsupportedError('Cannot edit Cluster. A Cluster cannot move to another Data Center.');
    const macPoolId = await namedMacPool(this.db, mac_pool);
    const given = Object.entries({ name, description, comment, macPoolId, unapplied: unappliedOfCluster(now, input) }).filter(
      ([, value]) => value !== undefined,
    );
    await this.db.update(Cluster, { id }, Object.fromEntries(given)).catch((error: unknown) => {
      throw failed(error, 'edit');
    });
    return this.events.tell('CLUSTER_UPDATED', await this.get(id), { clusterId: id });
  }

  /** Refused while there are hosts or VMs in it. @throws NotFoundError, ConflictError */
  async remove(id: string): Promise<void> {
    const { name } = await this.get(id);
    try {
      await this.db.delete(Cluster, { id });
    } catch (error) {
      if (!isForeignKeyViolation(error)) throw error;
      throw new ConflictError(
        `Cannot remove Cluster. There are still Hosts or VMs in the Cluster ${name}. Please remove them and try again.`,
        {
          cause: error,
        },
      );
    }
    await this.events.tell('CLUSTER_REMOVED', { name });
  }
}

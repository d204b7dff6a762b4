import { messages, renderMessage } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { clusterFields } from '../clusters/cluster.columns';
import { Cluster } from '../clusters/cluster.entity';
import { brokenUniqueConstraint, isForeignKeyViolation } from '../database/constraint.violation';
import { updateGiven } from '../database/row.access';
import { rowsByIds } from '../database/rows.by-ids';
import { ConflictError, UnsupportedError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { eventFields } from '../events/event.columns';
import { type UnappliedSettings, unappliedAfter } from '../http/unapplied.settings';
import { DEFAULT_MAC_POOL_ID } from '../networks/default.mac-pool';
import { namedMacPool } from '../networks/mac-pool.lookup';
import { ensureManagementNetwork } from '../networks/management.network';
import type { ListQuery } from '../search/list-query';
import { type Searchable, applySearch } from '../search/search.sql';
import { storageDomainFields } from '../storage-domains/storage-domain.columns';
import { dataCenterFields } from './data-center.columns';
import { DataCenter } from './data-center.entity';
import type { ChangedDataCenter, NewDataCenter } from './data-center.input';
import { findDataCenter } from './data-center.lookup';

const SEARCHABLE: Searchable = {
  fields: dataCenterFields('dc'),
  references: {
    storage: { from: 'storage_domain sd WHERE sd.data_center_id = dc.id', fields: storageDomainFields('sd') },
    cluster: { from: 'cluster c WHERE c.data_center_id = dc.id', fields: clusterFields('c') },
    event: { from: 'event e WHERE e.data_center_id = dc.id', fields: eventFields('e') },
  },
  defaultSort: 'name',
  freeText: ['name', 'description', 'comment'],
};

function failed(error: unknown, action: string): unknown {
  if (brokenUniqueConstraint(error)) return new ConflictError(renderMessage(messages.NAME_ALREADY_USED, { action, type: 'Data Center' }));
  return error;
}

const unappliedOf = (now: UnappliedSettings, asked: object): UnappliedSettings => unappliedAfter(now, asked, ['version']);

/** The data centers. */
@Injectable()
export class DataCentersService {
  constructor(
    private readonly db: EntityManager,
    private readonly events: EventsService,
  ) {}

  list(query: ListQuery): Promise<DataCenter[]> {
    return applySearch(this.db.createQueryBuilder(DataCenter, 'dc'), SEARCHABLE, query).getMany();
  }

  /** Data centers by their ids; those that are gone are left out. */
  byIds(ids: readonly string[]): Promise<DataCenter[]> {
    return rowsByIds(this.db, DataCenter, ids);
  }

  /** @throws NotFoundError */
  async get(id: string): Promise<DataCenter> {
    return findDataCenter(this.db, { id });
  }

  /** @throws ConflictError, UnsupportedError */
  async add(input: NewDataCenter): Promise<DataCenter> {
    const { name, description = '', comment = '', local, quota_mode: quotaMode = 'disabled' } = input;
    if (local) throw new UnsupportedError('Cannot add Data Center. Local storage is not supported.');
    const id = randomUUID();
    const macPoolId = (await namedMacPool(this.db, input.mac_pool)) ?? DEFAULT_MAC_POOL_ID;
    await this.db.transaction(async (tx) => {
      await tx
        .insert(DataCenter, { id, name, description, comment, quotaMode, macPoolId, unapplied: unappliedOf({}, input) })
        .catch((error: unknown) => {
          throw failed(error, 'add');
        });
      await ensureManagementNetwork(tx, id);
    });
    return this.events.tell('DATA_CENTER_ADDED', await this.get(id), { dataCenterId: id });
  }

  /** Clusters that have its MAC pool get the new one with it. @throws NotFoundError, ConflictError, UnsupportedError */
  async update(id: string, { local, quota_mode: quotaMode, version, mac_pool, ...texts }: ChangedDataCenter): Promise<DataCenter> {
    const { unapplied, macPoolId: before } = await this.get(id);
    if (local) throw new UnsupportedError('Cannot edit Data Center. Local storage is not supported.');
    const macPoolId = await namedMacPool(this.db, mac_pool);
    const changes = { ...texts, quotaMode, macPoolId, unapplied: unappliedOf(unapplied, { version }) };
    await this.db.transaction(async (tx) => {
      await updateGiven(tx, DataCenter, { id }, changes).catch((error: unknown) => {
        throw failed(error, 'edit');
      });
      await updateGiven(tx, Cluster, { dataCenterId: id, macPoolId: before }, { macPoolId });
    });
    return this.events.tell('DATA_CENTER_UPDATED', await this.get(id), { dataCenterId: id });
  }

  /** Refused while there are clusters or storage domains in it. @throws NotFoundError, ConflictError */
  async remove(id: string): Promise<void> {
    const { name } = await this.get(id);
    try {
      await this.db.delete(DataCenter, { id });
    } catch (error) {
      if (!isForeignKeyViolation(error)) throw error;
      throw new ConflictError(
        `Cannot remove Data Center. There are still Clusters or Storage Domains in the Data Center ${name}. Please remove or detach them and try again.`,
        { cause: error },
      );
    }
    await this.events.tell('DATA_CENTER_REMOVED', { name });
  }
}

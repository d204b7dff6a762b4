import { messages, renderMessage } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { Cluster } from '../clusters/cluster.entity';
import { brokenUniqueConstraint, isForeignKeyViolation } from '../database/constraint.violation';
import { ConflictError, UnsupportedError } from '../errors/domain.errors';
import type { ListQuery } from '../search/list-query';
import { type Searchable, applySearch } from '../search/search.sql';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import { DataCenter } from './data-center.entity';
import type { ChangedDataCenter, NewDataCenter } from './data-center.input';
import { findDataCenter } from './data-center.lookup';

const SEARCHABLE: Searchable = {
  fields: {
    id: 'dc.id',
    name: 'dc.name',
    description: 'dc.description',
    comment: 'dc.comment',
    status: "'up'",
    local: "'false'",
    storage: 'domain.name',
    'storage.name': 'domain.name',
    'clusters.name': 'cluster.name',
  },
  defaultSort: 'dc.name',
  freeText: ['name', 'description', 'comment'],
};

function failed(error: unknown, action: string): unknown {
  if (brokenUniqueConstraint(error)) return new ConflictError(renderMessage(messages.NAME_ALREADY_USED, { action, type: 'Data Center' }));
  return error;
}

/** The data centers. */
@Injectable()
export class DataCentersService {
  constructor(private readonly db: EntityManager) {}

  list(query: ListQuery): Promise<DataCenter[]> {
    const builder = this.db.createQueryBuilder(DataCenter, 'dc');
    if (/storage/i.test(query.search)) builder.leftJoin(StorageDomain, 'domain', 'domain.data_center_id = dc.id');
    if (/cluster/i.test(query.search)) builder.leftJoin(Cluster, 'cluster', 'cluster.data_center_id = dc.id');
    return applySearch(builder, SEARCHABLE, query).getMany();
  }

  /** @throws NotFoundError */
  async get(id: string): Promise<DataCenter> {
    return findDataCenter(this.db, { id });
  }

  /** @throws ConflictError, UnsupportedError */
  async add({ name, description = '', comment = '', local }: NewDataCenter): Promise<DataCenter> {
    if (local) throw new UnsupportedError('Cannot add Data Center. Local storage is not supported.');
    const id = randomUUID();
    await this.db.insert(DataCenter, { id, name, description, comment }).catch((error: unknown) => {
      throw failed(error, 'add');
    });
    return this.get(id);
  }

  /** @throws NotFoundError, ConflictError, UnsupportedError */
  async update(id: string, { local, ...changes }: ChangedDataCenter): Promise<DataCenter> {
    await this.get(id);
    if (local) throw new UnsupportedError('Cannot edit Data Center. Local storage is not supported.');
    const given = Object.entries(changes).filter(([, value]) => value !== undefined);
    if (given.length === 0) return this.get(id);
    await this.db.update(DataCenter, { id }, Object.fromEntries(given)).catch((error: unknown) => {
      throw failed(error, 'edit');
    });
    return this.get(id);
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
  }
}

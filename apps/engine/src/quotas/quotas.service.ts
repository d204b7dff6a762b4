import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { findDataCenter } from '../data-centers/data-center.lookup';
import { isForeignKeyViolation } from '../database/constraint.violation';
import { findRow, refuseUsedName, updateGiven } from '../database/row.access';
import { ConflictError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { permitCreator } from '../permissions/creator.permission';
import { Quota } from './quota.entity';
import type { ChangedQuota, NewQuota } from './quota.input';

const TYPE = 'Quota';

/** oVirt's defaults, in percent. */
const SOFT = 80;
const HARD = 20;

/** The quotas of data centers. */
@Injectable()
export class QuotasService {
  constructor(
    private readonly db: EntityManager,
    private readonly events: EventsService,
  ) {}

  /** @throws NotFoundError if there is no such data center */
  async list(dataCenterId: string): Promise<Quota[]> {
    await findDataCenter(this.db, { id: dataCenterId });
    return this.db.find(Quota, { where: { dataCenterId }, order: { name: 'ASC' } });
  }

  /** @throws NotFoundError */
  get(dataCenterId: string, id: string): Promise<Quota> {
    return findRow(this.db, Quota, TYPE, { id, dataCenterId });
  }

  /** @throws NotFoundError, ConflictError */
  async add(dataCenterId: string, input: NewQuota, askerId: string): Promise<Quota> {
    await findDataCenter(this.db, { id: dataCenterId });
    const id = randomUUID();
    const row = {
      id,
      dataCenterId,
      name: input.name,
      description: input.description ?? '',
      clusterSoftLimitPct: input.cluster_soft_limit_pct ?? SOFT,
      clusterHardLimitPct: input.cluster_hard_limit_pct ?? HARD,
      storageSoftLimitPct: input.storage_soft_limit_pct ?? SOFT,
      storageHardLimitPct: input.storage_hard_limit_pct ?? HARD,
    };
    await this.db.transaction(async (tx) => {
      await tx.insert(Quota, row).catch(refuseUsedName('add', TYPE));
      await permitCreator(tx, askerId, 'quota', id);
    });
    return this.events.tell('QUOTA_ADDED', await this.get(dataCenterId, id), { dataCenterId });
  }

  /** @throws NotFoundError, ConflictError */
  async update(dataCenterId: string, id: string, input: ChangedQuota): Promise<Quota> {
    await this.get(dataCenterId, id);
    const changes = {
      name: input.name,
      description: input.description,
      clusterSoftLimitPct: input.cluster_soft_limit_pct,
      clusterHardLimitPct: input.cluster_hard_limit_pct,
      storageSoftLimitPct: input.storage_soft_limit_pct,
      storageHardLimitPct: input.storage_hard_limit_pct,
    };
    await updateGiven(this.db, Quota, { id }, changes).catch(refuseUsedName('edit', TYPE));
    return this.events.tell('QUOTA_UPDATED', await this.get(dataCenterId, id), { dataCenterId });
  }

  /** Removes it with its limits. @throws NotFoundError, ConflictError for the default one, and while VMs or disks belong to it */
  async remove(dataCenterId: string, id: string): Promise<void> {
    const { name, isDefault } = await this.get(dataCenterId, id);
    if (isDefault) throw new ConflictError(`Cannot remove ${TYPE}. The default Quota of a Data Center cannot be removed.`);
    await this.db.delete(Quota, { id }).catch((error: unknown) => {
      if (!isForeignKeyViolation(error)) throw error;
      throw new ConflictError(`Cannot remove ${TYPE}. VMs or disks belong to the Quota ${name}. Give them another one and try again.`);
    });
    await this.events.tell('QUOTA_REMOVED', { name }, { dataCenterId });
  }
}

import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager, In } from 'typeorm';
import { isForeignKeyViolation } from '../database/constraint.violation';
import { rowsByIds } from '../database/rows.by-ids';
import { findRow, refuseUsedName, updateGiven } from '../database/row.access';
import { ConflictError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { permitCreator } from '../permissions/creator.permission';
import { DEFAULT_MAC_POOL_ID } from './default.mac-pool';
import { MacPool, MacRange } from './mac-pool.entity';
import type { ChangedMacPool, NewMacPool } from './mac-pool.input';

/** A pool with its ranges, in order. */
export interface MacPoolView extends MacPool {
  readonly ranges: readonly MacRange[];
}

const TYPE = 'MAC Address Pool';

/** One row per first address: the longest range wins. */
const rowsOf = (macPoolId: string, ranges: NewMacPool['ranges']): MacRange[] => {
  const rows = [...ranges].sort((a, b) => (a.to < b.to ? -1 : 1)).map(({ from, to }) => ({ macPoolId, first: from, last: to }));
  return [...new Map(rows.map((row) => [row.first, row])).values()];
};

/** The pools of MAC addresses. */
@Injectable()
export class MacPoolsService {
  constructor(
    private readonly db: EntityManager,
    private readonly events: EventsService,
  ) {}

  async list(): Promise<MacPoolView[]> {
    return this.views(await this.db.find(MacPool, { order: { name: 'ASC' } }));
  }

  /** Pools by their ids; those that are gone are left out. */
  async byIds(ids: readonly string[]): Promise<MacPoolView[]> {
    return this.views(await rowsByIds(this.db, MacPool, ids));
  }

  /** @throws NotFoundError */
  async get(id: string): Promise<MacPoolView> {
    const pool = await findRow(this.db, MacPool, TYPE, { id });
    const ranges = await this.db.find(MacRange, { where: { macPoolId: id }, order: { first: 'ASC' } });
    return { ...pool, ranges };
  }

  /** @throws ConflictError */
  async add(
    { name, description = '', comment = '', allow_duplicates: allowDuplicates = false, ranges }: NewMacPool,
    askerId: string,
  ): Promise<MacPoolView> {
    const id = randomUUID();
    await this.db.transaction(async (tx) => {
      await tx.insert(MacPool, { id, name, description, comment, allowDuplicates }).catch(refuseUsedName('add', TYPE));
      await tx.insert(MacRange, rowsOf(id, ranges));
      await permitCreator(tx, askerId, 'mac_pool', id);
    });
    return this.events.tell('MAC_POOL_ADDED', await this.get(id));
  }

  /** Addresses that interfaces have already stay theirs. @throws NotFoundError, ConflictError */
  async update(
    id: string,
    { name, description, comment, allow_duplicates: allowDuplicates, ranges }: ChangedMacPool,
  ): Promise<MacPoolView> {
    await this.get(id);
    await this.db.transaction(async (tx) => {
      const changes = { name, description, comment, allowDuplicates };
      await updateGiven(tx, MacPool, { id }, changes).catch(refuseUsedName('edit', TYPE));
      if (!ranges) return;
      await tx.delete(MacRange, { macPoolId: id });
      await tx.insert(MacRange, rowsOf(id, ranges));
    });
    return this.events.tell('MAC_POOL_UPDATED', await this.get(id));
  }

  /** Refused for the default pool, and while data centers, clusters or interfaces use it. @throws NotFoundError, ConflictError */
  async remove(id: string): Promise<void> {
    const { name } = await this.get(id);
    if (id === DEFAULT_MAC_POOL_ID) throw new ConflictError(`Cannot remove ${TYPE}. The default MAC Address Pool cannot be removed.`);
    await this.db.delete(MacPool, { id }).catch((error: unknown) => {
      if (!isForeignKeyViolation(error)) throw error;
      throw new ConflictError(`Cannot remove ${TYPE}. The MAC Address Pool ${name} is in use by Data Centers, Clusters or VMs.`);
    });
    await this.events.tell('MAC_POOL_REMOVED', { name });
  }

  private async views(pools: MacPool[]): Promise<MacPoolView[]> {
    const where = { macPoolId: In(pools.map(({ id }) => id)) };
    const ranges = await this.db.find(MacRange, { where, order: { first: 'ASC' } });
    return pools.map((pool) => ({ ...pool, ranges: ranges.filter(({ macPoolId }) => macPoolId === pool.id) }));
  }
}

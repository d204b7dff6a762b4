import { Operations } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { Cluster } from '../clusters/cluster.entity';
import { findRow, referred, refuseUsedName, updateGiven } from '../database/row.access';
import { rowsByIds } from '../database/rows.by-ids';
import { ConflictError, NotFoundError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import type { RequestOrigin } from '../http/request-origin';
import type { ListQuery } from '../search/list-query';
import { type Searchable, applySearch } from '../search/search.sql';
import { BLANK_TEMPLATE_ID, Template } from '../templates/template.entity';
import { findTemplate } from '../templates/template.lookup';
import { settingsOfTemplate } from '../templates/template.settings';
import { BLANK_SETTINGS } from '../vms/vm.settings';
import { VmPoolMembers } from './vm-pool-members.service';
import { vmPoolFields } from './vm-pool.columns';
import { VmPool } from './vm-pool.entity';
import type { ChangedVmPool, NewVmPool } from './vm-pool.input';
import { refuseOtherNature, refuseTooManyPrestarted } from './vm-pool.rules';
import type { SizedVmPool } from './vm-pool.representation';

const TYPE = 'VM-Pool';

const SEARCHABLE: Searchable = { fields: vmPoolFields('pool'), defaultSort: 'name', freeText: ['name', 'description', 'comment'] };

/** Looks at pools of VMs, adds, changes and removes them. */
@Injectable()
export class VmPoolsService {
  constructor(
    private readonly db: EntityManager,
    private readonly events: EventsService,
    private readonly operations: Operations,
    private readonly members: VmPoolMembers,
  ) {}

  async list(query: ListQuery): Promise<SizedVmPool[]> {
    return this.sized(await applySearch(this.db.createQueryBuilder(VmPool, 'pool'), SEARCHABLE, query).getMany());
  }

  /** Pools by their ids; those that are gone are left out. */
  async byIds(ids: readonly string[]): Promise<SizedVmPool[]> {
    return this.sized(await rowsByIds(this.db, VmPool, ids));
  }

  /** @throws NotFoundError */
  async get(id: string): Promise<SizedVmPool> {
    const [found] = await this.byIds([id]);
    if (!found) throw new NotFoundError(TYPE, id);
    return found;
  }

  /** A pool; all of its VMs are begun at once, each on its own. @throws NotFoundError, ConflictError */
  async add(input: NewVmPool, origin: RequestOrigin): Promise<SizedVmPool> {
    const id = randomUUID();
    const size = input.size ?? 1;
    if (size === 0) throw new ConflictError('Cannot create Pool with 0 VMs');
    refuseTooManyPrestarted(input.prestarted_vms ?? 0, size, 'add');
    await this.members.checkRoom((await findTemplate(this.db, input.template)).id, size, 'add');
    await this.db.transaction((tx) => this.record(id, { ...input, size }, origin, tx)).catch(refuseUsedName('add', TYPE));
    return this.get(id);
  }

  /** Changes a pool; it grows at once, and shrinks by VMs that nobody has and that are down. @throws NotFoundError, ConflictError */
  async update(id: string, input: ChangedVmPool, origin: RequestOrigin): Promise<SizedVmPool> {
    const known = await this.get(id);
    if (input.size !== undefined) await this.members.checkRoom(known.pool.templateId, input.size - known.size, 'edit');
    await this.db
      .transaction(async (tx) => {
        const pool = await this.members.lockPool(id, 'edit', tx);
        await refuseOtherNature(tx, pool, input);
        const { name, description, comment, max_user_vms: maxUserVms, prestarted_vms: prestartedVms } = input;
        await updateGiven(tx, VmPool, { id }, { name, description, comment, maxUserVms, prestartedVms });
        await this.resize({ ...pool, name: name ?? pool.name }, input, origin, tx);
        await this.events.record('VM_POOL_UPDATED', `VM-Pool ${name ?? pool.name} was updated.`, {}, tx);
      })
      .catch(refuseUsedName('edit', TYPE));
    return this.get(id);
  }

  /** Begins the removal of a pool with its VMs; those that run are stopped. @returns the operation's id @throws NotFoundError, ConflictError */
  async remove(id: string, origin: RequestOrigin): Promise<string> {
    const { pool } = await this.get(id);
    const state = { poolId: id, poolName: pool.name, ownerId: origin.ownerId };
    return (await this.operations.start('remove-vm-pool', state, { ...origin, subjects: [{ type: 'vm_pool', id }] })).id;
  }

  private async record(id: string, input: NewVmPool & { size: number }, origin: RequestOrigin, tx: EntityManager): Promise<void> {
    const { cluster, size } = input;
    const where = referred(cluster);
    const { id: clusterId } = await findRow(tx, Cluster, 'Cluster', where);
    const { id: templateId } = await findTemplate(tx, input.template);
    if (templateId === BLANK_TEMPLATE_ID) throw new ConflictError('Cannot add VM-Pool. A VM-Pool cannot be made from the Blank template.');
    const pool = newPool(id, input, { clusterId, templateId });
    await tx.insert(VmPool, pool);
    await this.members.grow(pool, size, origin, tx);
    await this.events.record('VM_POOL_ADDED', `VM-Pool ${pool.name} (containing ${size} VMs) was created.`, { templateId }, tx);
  }

  private async resize(
    pool: VmPool,
    { size, prestarted_vms: prestartedVms }: ChangedVmPool,
    origin: RequestOrigin,
    tx: EntityManager,
  ): Promise<void> {
    const before = await this.members.count(pool.id, tx);
    const after = size ?? before;
    if (after > before) await this.members.grow(pool, after - before, origin, tx);
    if (after < before) await this.members.shrink(pool.id, before - after, origin, tx);
    if ((size ?? prestartedVms) !== undefined) refuseTooManyPrestarted(prestartedVms ?? pool.prestartedVms, after, 'edit');
  }

  private async sized(pools: VmPool[]): Promise<SizedVmPool[]> {
    const rows = await this.db.query<{ id: string; size: number }[]>(
      'SELECT vm_pool_id AS id, count(*)::int AS size FROM vm WHERE vm_pool_id = ANY($1::uuid[]) GROUP BY vm_pool_id',
      [pools.map(({ id }) => id)],
    );
    const sizes = new Map(rows.map(({ id, size }) => [id, size]));
    const templates = await rowsByIds(this.db, Template, [...new Set(pools.map(({ templateId }) => templateId))]);
    const settings = new Map(templates.map((one) => [one.id, settingsOfTemplate(one)]));
    return pools.map((pool) => ({ pool, size: sizes.get(pool.id) ?? 0, settings: settings.get(pool.templateId) ?? BLANK_SETTINGS }));
  }
}

const newPool = (id: string, input: NewVmPool, where: Pick<VmPool, 'clusterId' | 'templateId'>): VmPool => ({
  id,
  ...where,
  name: input.name,
  description: input.description ?? '',
  comment: input.comment ?? '',
  type: input.type ?? 'automatic',
  stateful: input.stateful ?? false,
  maxUserVms: input.max_user_vms ?? 1,
  prestartedVms: input.prestarted_vms ?? 0,
  status: 'ok',
  creationTime: new Date(),
});

import { messages, renderMessage } from '@clinker/ovirt-api';
import { Operations } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CopyLimitsService } from '../disks/copy-limits.service';
import { ConflictError, NotFoundError } from '../errors/domain.errors';
import type { RequestOrigin } from '../http/request-origin';
import { VmAdder } from '../vms/vm-adder.service';
import { Vm } from '../vms/vm.entity';
import { VmPool, VmPoolDisk } from './vm-pool.entity';
import { memberName, memberPrefix } from './vm-pool.names';

/** The VMs of a pool that nobody has and that are down, as they were, the last ones first. */
const FREE = `SELECT vm.id, vm.name FROM vm WHERE vm.vm_pool_id = $1 AND vm.status = 'down' AND NOT vm.has_run
  AND NOT EXISTS (SELECT FROM vm_pool_user taken WHERE taken.vm_id = vm.id) ORDER BY length(vm.name) DESC, vm.name DESC LIMIT $2 FOR UPDATE`;

interface MemberRow {
  readonly id: string;
  readonly name: string;
}

/** Makes pools larger and smaller. */
@Injectable()
export class VmPoolMembers {
  constructor(
    private readonly adder: VmAdder,
    private readonly operations: Operations,
    private readonly limits: CopyLimitsService,
  ) {}

  /** The pool's row: who changes the pool's VMs does so one after the other. @throws NotFoundError, ConflictError while it is being removed */
  async lockPool(id: string, action: string, tx: EntityManager): Promise<VmPool> {
    const pool = await tx.findOne(VmPool, { where: { id }, lock: { mode: 'pessimistic_write' } });
    if (!pool) throw new NotFoundError('VM-Pool', id);
    if (pool.status !== 'ok') throw new ConflictError(renderMessage(messages.OBJECT_LOCKED, { action, type: 'VM-Pool' }));
    return pool;
  }

  /** How many VMs the pool has, those included that are being made. */
  count(poolId: string, tx: EntityManager): Promise<number> {
    return tx.countBy(Vm, { vmPoolId: poolId });
  }

  /** Asks Cinder whether there is room for so many VMs more. @throws ConflictError, LimitExceededError, BackendError */
  async checkRoom(templateId: string, by: number, action: 'add' | 'edit'): Promise<void> {
    if (by <= 0) return;
    await this.limits.check({ of: 'template', id: templateId, times: by }, { kind: 'volumes', action, type: 'VM-Pool' });
  }

  /** Begins so many VMs, all at once. They are named like the pool, with the lowest free numbers. */
  async grow(pool: VmPool, by: number, origin: RequestOrigin, tx: EntityManager): Promise<void> {
    const { id: vmPoolId, clusterId, templateId, stateful } = pool;
    for (const name of await this.freeNames(pool.name, by, tx)) {
      const wanted = { name, clusterId, templateId, vmPoolId, stateless: !stateful };
      const { copies } = await this.adder.fromTemplate(wanted, origin, tx);
      await tx.insert(
        VmPoolDisk,
        copies.map(({ copy, sourceDiskId }) => ({ diskId: copy.diskId, templateDiskId: sourceDiskId })),
      );
    }
  }

  /** Begins the removal of so many VMs that nobody has. @throws ConflictError if there are not enough of them */
  async shrink(poolId: string, by: number, origin: RequestOrigin, tx: EntityManager): Promise<void> {
    const free = await tx.query<MemberRow[]>(FREE, [poolId, by]);
    if (free.length < by)
      throw new ConflictError(`Cannot edit VM-Pool. Only ${free.length} of its VMs are down and nobody's, so not ${by} can be removed.`);
    for (const vm of free) await this.beginRemoval(vm, origin, tx);
  }

  /** Begins the removal of a VM of a pool. @returns the operation's id @throws ConflictError if it is not down */
  async beginRemoval({ id, name }: MemberRow, origin: RequestOrigin, tx: EntityManager): Promise<string> {
    await tx.update(Vm, { id }, { vmPoolId: null });
    const state = { vmId: id, vmName: name, ownerId: origin.ownerId };
    const operation = await this.operations.start('remove-vm-with-disks', state, { ...origin, subjects: [{ type: 'vm', id }] }, tx);
    return operation.id;
  }

  /** Begins to stop a VM of a pool. @returns the operation's id @throws ConflictError if it cannot be stopped now */
  async beginStop({ id, name }: MemberRow, origin: RequestOrigin, tx: EntityManager): Promise<string> {
    const state = { vmId: id, vmName: name, reason: '' };
    return (await this.operations.start('stop-vm', state, { ...origin, subjects: [{ type: 'vm', id }] }, tx)).id;
  }

  private async freeNames(poolName: string, count: number, tx: EntityManager): Promise<string[]> {
    const rows = await tx.query<{ name: string }[]>('SELECT name FROM vm WHERE starts_with(name, $1)', [memberPrefix(poolName)]);
    const used = new Set(rows.map(({ name }) => name));
    const names: string[] = [];
    for (let number = 1; names.length < count; number++) {
      const name = memberName(poolName, number);
      if (!used.has(name)) names.push(name);
    }
    return names;
  }
}

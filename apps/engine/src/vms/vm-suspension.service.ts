import { Operations } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import type { RequestOrigin } from '../http/request-origin';
import { MemoryPlans } from '../snapshot-memory/memory-plans.service';
import type { SuspendVm } from './suspend-vm.saga';
import { refuseSuspension } from './suspension.rules';
import { lockVm } from './vm.lock';

const WITHOUT_DISKS = 'Cannot suspend VM. The memory is kept in the Storage Domain of the first disk, and the VM has none.';

/** Suspends VMs. */
@Injectable()
export class VmSuspensionService {
  constructor(
    private readonly db: EntityManager,
    private readonly operations: Operations,
    private readonly plans: MemoryPlans,
  ) {}

  /**
   * Keeps the memory of the VM's guest, and ends it.
   * @returns the id of the operation that does it
   * @throws NotFoundError, ConflictError, UnsupportedError, LimitExceededError, BackendError
   */
  async suspend(id: string, origin: RequestOrigin): Promise<string> {
    const vm = await this.db.transaction(async (tx) => {
      const found = await lockVm(tx, id);
      await refuseSuspension(tx, found);
      return found;
    });
    return this.plans.with(vm, WITHOUT_DISKS, async (plan) => {
      const state: SuspendVm = { vmId: id, vmName: vm.name, ...plan };
      return (await this.operations.start('suspend-vm', state, { ...origin, subjects: [{ type: 'vm', id }] })).id;
    });
  }
}

import { type Operation, Operations } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../http/request-origin';
import { MemoryPlans } from '../snapshot-memory/memory-plans.service';
import type { Vm } from '../vms/vm.entity';
import type { CreateMemorySnapshot } from './create-memory-snapshot.saga';
import type { CreateSnapshot } from './create-snapshot.saga';

const NO_DISKS =
  'Cannot create Snapshot. The memory is kept in the Storage Domain of the first disk, and the VM has none: ask for persist_memorystate false.';

/** Begins to take snapshots with memory. */
@Injectable()
export class MemorySnapshotsService {
  constructor(
    private readonly plans: MemoryPlans,
    private readonly operations: Operations,
  ) {}

  /** @throws ConflictError, UnsupportedError, LimitExceededError, BackendError */
  start(vm: Vm, snapshot: CreateSnapshot, origin: RequestOrigin): Promise<Operation> {
    return this.plans.with(vm, NO_DISKS, (plan) => {
      const state: CreateMemorySnapshot = { ...snapshot, ...plan };
      return this.operations.start('create-memory-snapshot', state, { ...origin, subjects: [{ type: 'vm', id: vm.id }] });
    });
  }
}

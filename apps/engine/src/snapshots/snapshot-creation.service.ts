import { type Operation, Operations } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../http/request-origin';
import { MemoryPlans } from '../snapshot-memory/memory-plans.service';
import type { Vm } from '../vms/vm.entity';
import type { CreateGroupSnapshot } from './create-group-snapshot.saga';
import type { CreateMemorySnapshot } from './create-memory-snapshot.saga';
import type { CreateSnapshot } from './create-snapshot.saga';
import { GroupSnapshotsService } from './group-snapshots.service';

const NO_DISKS =
  'Cannot create Snapshot. The memory is kept in the Storage Domain of the first disk, and the VM has none: ask for persist_memorystate false.';

/** Begins to take snapshots, each in the way that the VM and its storage allow. */
@Injectable()
export class SnapshotCreationService {
  constructor(
    private readonly plans: MemoryPlans,
    private readonly groups: GroupSnapshotsService,
    private readonly operations: Operations,
  ) {}

  /**
   * A VM that is down has no memory, and its disks are of one moment anyway.
   * @param withMemory that the memory is wanted
   * @throws ConflictError, UnsupportedError, LimitExceededError, BackendError
   */
  async start(vm: Vm, snapshot: CreateSnapshot, withMemory: boolean, origin: RequestOrigin): Promise<Operation> {
    const about = { ...origin, subjects: [{ type: 'vm', id: vm.id }] };
    if (vm.status === 'down') return this.operations.start('create-snapshot', snapshot, about);
    if (withMemory)
      return this.plans.with(vm, NO_DISKS, (plan) => {
        const state: CreateMemorySnapshot = { ...snapshot, ...plan };
        return this.operations.start('create-memory-snapshot', state, about);
      });
    const groups = await this.groups.of(snapshot);
    if (groups.length === 0) return this.operations.start('create-snapshot', snapshot, about);
    const state: CreateGroupSnapshot = { ...snapshot, groups };
    return this.operations.start('create-group-snapshot', state, about);
  }
}

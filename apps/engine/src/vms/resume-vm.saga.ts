import type { OperationMeta, Saga, SagaOutcome, Step, StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ConflictError } from '../errors/domain.errors';
import { forgetMemory, memoryForNextRun, useMemoryOf } from '../snapshot-memory/snapshot-memory.rows';
import { statusConflict } from './vm.conflicts';
import type { Vm } from './vm.entity';
import { lockVm } from './vm.lock';
import { forOneRun } from './vm.next-run';
import { type Starting, VmStarting, startingSchema, startingSteps } from './vm.starting';
import { vmStatuses } from './vm.statuses';

const OTHER_SETTINGS =
  'Cannot run VM. It is suspended, and goes on with the settings that it had: others can be asked when it was stopped.';

const WITHOUT_MEMORY = 'Cannot run VM. It is suspended, and its memory was lost with its storage: stop it, and it can be booted.';

export type ResumeVm = Starting;

/**
 * Lets a suspended VM go on: `suspended` -> `restoring_state` -> `up`. Its guest is restored standing still, and nothing is written to its disks:
 * until it is let go all of it can be taken back, and the VM is suspended as before. From then on its memory is used up; if the guest
 * does not run after all, the VM is shown as it is found, and can be stopped.
 */
@Injectable()
export class ResumeVmSaga implements Saga<ResumeVm> {
  readonly name = 'resume-vm';
  readonly state = startingSchema;
  readonly pointOfNoReturn = 'let the guest go on';

  readonly steps: readonly Step<ResumeVm>[];

  constructor(private readonly starting: VmStarting) {
    const { attachDisks, tellCinder } = startingSteps(starting);
    this.steps = [
      { kind: 'transaction', name: 'choose a host', run: (at, tx) => this.reserve(at, tx), undo: (at, tx) => this.release(at, tx) },
      attachDisks,
      {
        kind: 'call',
        name: 'restore the guest, standing still',
        within: '15m',
        run: (at, ctx) => this.starting.start(at, ctx, true),
        undo: (at, ctx) => this.starting.end(at, ctx),
      },
      { kind: 'call', name: 'let the guest go on', run: (at, ctx) => this.starting.letGoOn(at, ctx) },
      { kind: 'transaction', name: 'note that the VM is up', run: (at, tx, ctx) => this.noteUp(at, tx, ctx) },
      tellCinder,
      { kind: 'call', name: 'remove the volume with the memory', run: (at, ctx) => this.starting.removeMemory(at, ctx) },
      { kind: 'transaction', name: 'forget the memory', run: async ({ memory }, tx) => memory && forgetMemory(tx, memory) },
    ];
  }

  describe({ vmName }: ResumeVm): string {
    return `Resuming VM ${vmName}`;
  }

  ended(at: ResumeVm, outcome: SagaOutcome, tx: EntityManager, { id }: OperationMeta): Promise<void> {
    return this.starting.ended(at, outcome, tx, id);
  }

  stuck(at: ResumeVm, reason: string, tx: EntityManager): Promise<void> {
    return this.starting.stuck(at, reason, tx);
  }

  private async reserve({ vmId, onlyHostIds, once }: ResumeVm, tx: EntityManager): Promise<Partial<ResumeVm>> {
    const vm = await lockVm(tx, vmId);
    if (vm.status !== 'suspended') throw statusConflict('run', vm);
    this.refuseOtherSettings(vm, once);
    const memory = await memoryForNextRun(tx, vmId);
    if (!memory) throw new ConflictError(WITHOUT_MEMORY);
    const reserved = await this.starting.reserve(vm, onlyHostIds, tx);
    await vmStatuses.move(tx, vmId, { from: 'suspended', to: 'restoring_state' });
    return { ...reserved, memory };
  }

  /** What the guest has already may be asked for. */
  private refuseOtherSettings(vm: Vm, once: ResumeVm['once']): void {
    if (once && Object.keys(forOneRun(vm, once).runOnce ?? {}).length > 0) throw new ConflictError(OTHER_SETTINGS);
  }

  private async release(at: ResumeVm, tx: EntityManager): Promise<void> {
    await this.starting.release(at, tx);
    await vmStatuses.move(tx, at.vmId, { from: 'restoring_state', to: 'suspended' }, { hostId: null });
  }

  private async noteUp({ vmId }: ResumeVm, tx: EntityManager, { operationId }: StepContext): Promise<void> {
    this.starting.forget(operationId);
    await useMemoryOf(tx, vmId, null);
    await vmStatuses.move(tx, vmId, { from: 'restoring_state', to: 'up' }, { startTime: new Date() });
  }
}

import type { OperationMeta, Saga, SagaOutcome, Step, StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ConflictError } from '../errors/domain.errors';
import { type KeptMemory, memoryForNextRun, useMemoryOf } from '../snapshot-memory/snapshot-memory.rows';
import { operationInProgress, statusConflict } from './vm.conflicts';
import { Vm } from './vm.entity';
import { lockVm } from './vm.lock';
import { endOfRun, forOneRun, tellOfNextRun } from './vm.next-run';
import { type Starting, TELL_CINDER, VmStarting, startingSchema, startingSteps } from './vm.starting';
import { vmStatuses } from './vm.statuses';

/** What a VM can be that is being started; its host may have shown more than we have noted. */
const STARTED = ['wait_for_launch', 'powering_up', 'not_responding', 'up', 'paused', 'unknown'] as const;

const FROM_MEMORY =
  'Cannot run VM. It goes on from the memory of a snapshot, with the settings that it had: others cannot be asked for this run.';

export type RunVm = Starting;

/**
 * Starts a VM: `down` -> `wait_for_launch` -> `powering_up` -> `up`. When the host has the domain the VM is up; a Cinder that cannot be told
 * so does not take the VM down any more. The undo leaves the volumes attached until the host has said that the domain is gone.
 */
@Injectable()
export class RunVmSaga implements Saga<RunVm> {
  readonly name = 'run-vm';
  readonly state = startingSchema;
  readonly pointOfNoReturn = TELL_CINDER;

  readonly steps: readonly Step<RunVm>[];

  constructor(private readonly starting: VmStarting) {
    const { attachDisks, tellCinder } = startingSteps(starting);
    this.steps = [
      { kind: 'transaction', name: 'choose a host', run: (at, tx) => this.reserve(at, tx), undo: (at, tx) => this.release(at, tx) },
      attachDisks,
      { kind: 'transaction', name: 'note that the host starts the VM', run: (at, tx) => this.noteStarting(at, tx) },
      {
        kind: 'call',
        name: 'start the VM on the host',
        within: '15m',
        run: (at, ctx) => this.starting.start(at, ctx),
        undo: (at, ctx) => this.starting.end(at, ctx),
      },
      { kind: 'transaction', name: 'note that the VM is up', run: (at, tx, ctx) => this.noteUp(at, tx, ctx) },
      tellCinder,
    ];
  }

  describe({ vmName }: RunVm): string {
    return `Launching VM ${vmName}`;
  }

  async ended(at: RunVm, outcome: SagaOutcome, tx: EntityManager, { id }: OperationMeta): Promise<void> {
    if (outcome.status === 'failed') await tx.update(Vm, { id: at.vmId }, { stopReason: outcome.reason });
    await this.starting.ended(at, outcome, tx, id);
  }

  stuck(at: RunVm, reason: string, tx: EntityManager): Promise<void> {
    return this.starting.stuck(at, reason, tx);
  }

  private async reserve({ vmId, onlyHostIds, once }: RunVm, tx: EntityManager): Promise<Partial<RunVm>> {
    const stored = await lockVm(tx, vmId);
    if (stored.status !== 'down') throw statusConflict('run', stored);
    const settings = once && forOneRun(stored, once);
    const vm = { ...stored, ...settings };
    if (vm.hasRun) throw operationInProgress('run');
    const reserved = await this.starting.reserve(vm, onlyHostIds, tx);
    const begun = { ...settings, hasRun: vm.vmPoolId !== null, stopReason: '', startTime: null, stopTime: null };
    await vmStatuses.move(tx, vmId, { from: 'down', to: 'wait_for_launch' }, begun);
    const memory = await this.memoryFor(vm, tx);
    return { ...reserved, ...(memory && { memory }) };
  }

  /** The memory with which the run begins. It fits the settings that its guest had. @throws ConflictError */
  private async memoryFor({ id, runOnce }: Pick<Vm, 'id' | 'runOnce'>, tx: EntityManager): Promise<KeptMemory | undefined> {
    const memory = await memoryForNextRun(tx, id);
    if (memory && runOnce && Object.keys(runOnce).length > 0) throw new ConflictError(FROM_MEMORY);
    return memory;
  }

  private async release(at: RunVm, tx: EntityManager): Promise<void> {
    await this.starting.release(at, tx);
    const vm = await lockVm(tx, at.vmId);
    const ended = { ...endOfRun(vm), hostId: null, stopTime: new Date() };
    if (await vmStatuses.move(tx, at.vmId, { from: STARTED, to: 'down' }, ended)) await tellOfNextRun(vm, tx);
  }

  /** From here on the guest may write to its disks: a memory fits them once. */
  private async noteStarting({ vmId }: RunVm, tx: EntityManager): Promise<void> {
    await useMemoryOf(tx, vmId, null);
    await vmStatuses.move(tx, vmId, { from: 'wait_for_launch', to: 'powering_up' });
  }

  private async noteUp({ vmId }: RunVm, tx: EntityManager, { operationId }: StepContext): Promise<void> {
    this.starting.forget(operationId);
    await vmStatuses.move(tx, vmId, { from: 'powering_up', to: 'up' }, { startTime: new Date() });
    await tx.update(Vm, { id: vmId }, { initialized: true });
  }
}

import type { Saga, SagaOutcome, Step } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { EventsService } from '../events/events.service';
import { MemoryVolumeClient } from '../snapshot-memory/memory-volume.client';
import { forgetMemory, keptMemorySchema, memoryForNextRun } from '../snapshot-memory/snapshot-memory.rows';
import { statusConflict } from './vm.conflicts';
import { lockVm } from './vm.lock';
import { endOfRun, tellOfNextRun } from './vm.next-run';
import { vmStatuses } from './vm.statuses';

const state = z.object({
  vmId: z.string(),
  vmName: z.string(),
  /** Undefined if it was lost. */
  memory: keptMemorySchema.optional(),
});

export type StopSuspendedVm = z.infer<typeof state>;

/** Stops a suspended VM: its memory is thrown away, as if its power were cut at the moment of its suspension. */
@Injectable()
export class StopSuspendedVmSaga implements Saga<StopSuspendedVm> {
  readonly name = 'stop-suspended-vm';
  readonly state = state;
  readonly pointOfNoReturn = 'remove the volume with the memory';

  readonly steps: readonly Step<StopSuspendedVm>[] = [
    { kind: 'transaction', name: 'take the VM', run: (at, tx) => this.take(at, tx), undo: (at, tx) => this.giveBack(at, tx) },
    {
      kind: 'call',
      name: 'remove the volume with the memory',
      run: async ({ memory }, ctx) => memory && this.memories.takeBack(memory, ctx),
    },
    { kind: 'transaction', name: 'note that the VM is down', run: (at, tx) => this.noteDown(at, tx) },
  ];

  constructor(
    private readonly memories: MemoryVolumeClient,
    private readonly events: EventsService,
  ) {}

  describe({ vmName }: StopSuspendedVm): string {
    return `Stopping VM ${vmName}`;
  }

  async ended({ vmId, vmName }: StopSuspendedVm, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    if (outcome.status === 'finished') await this.events.record('VM_STOPPED', `VM ${vmName} was stopped.`, { vmId }, tx);
    else await this.events.record('VM_STOP_FAILED', `VM ${vmName} could not be stopped: ${outcome.reason}`, { vmId }, tx);
  }

  async stuck({ vmId, vmName }: StopSuspendedVm, reason: string, tx: EntityManager): Promise<void> {
    const text = `VM ${vmName} is being stopped, but the volume with its memory cannot be removed yet: ${reason}`;
    await this.events.record('OPERATION_STUCK', text, { vmId }, tx);
  }

  private async take({ vmId }: StopSuspendedVm, tx: EntityManager): Promise<Partial<StopSuspendedVm>> {
    const vm = await lockVm(tx, vmId);
    if (!(await vmStatuses.move(tx, vmId, { from: 'suspended', to: 'powering_down' }))) throw statusConflict('stop', vm);
    const memory = await memoryForNextRun(tx, vmId);
    return memory ? { memory } : {};
  }

  private async giveBack({ vmId }: StopSuspendedVm, tx: EntityManager): Promise<void> {
    await vmStatuses.move(tx, vmId, { from: 'powering_down', to: 'suspended' });
  }

  private async noteDown({ vmId, memory }: StopSuspendedVm, tx: EntityManager): Promise<void> {
    if (memory) await forgetMemory(tx, memory);
    const vm = await lockVm(tx, vmId);
    const ended = { ...endOfRun(vm), stopTime: new Date(), stopReason: '' };
    if (await vmStatuses.move(tx, vmId, { from: 'powering_down', to: 'down' }, ended)) await tellOfNextRun(vm, tx);
  }
}

import { type OperationMeta, Operations, type Saga, type SagaOutcome, type Step, type StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { DomainError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import type { RunVm } from './run-vm.saga';
import { VmDomainClient } from './vm-domain.client';
import { VmVolumesClient } from './vm-volumes.client';
import { DETACH_THE_DISKS, beginEnding, endingSchema, endingSteps, undoEnding } from './vm.ending';
import { refuseWhileSnapshotIsTaken } from './vm.snapshots';

const state = endingSchema.extend({
  /** It is a reboot: the VM starts anew when it is down, so that it gets what waits for its next run. */
  thenStart: z.boolean().optional(),
});

export type ShutDownVm = z.infer<typeof state>;

/**
 * Asks the guest to power off, and waits for it. A guest that does not is given up after some minutes, and goes on running. If the VM was to start
 * anew and cannot, an event says why.
 */
@Injectable()
export class ShutDownVmSaga implements Saga<ShutDownVm> {
  readonly name = 'shut-down-vm';
  readonly state = state;
  readonly pointOfNoReturn = DETACH_THE_DISKS;
  readonly steps: readonly Step<ShutDownVm>[];

  constructor(
    private readonly events: EventsService,
    private readonly domains: VmDomainClient,
    private readonly operations: Operations,
    volumes: VmVolumesClient,
  ) {
    this.steps = [
      { kind: 'transaction', name: 'take the VM', run: (at, tx) => this.take(at, tx), undo: undoEnding },
      { kind: 'call', name: 'press the power button until the guest is off', within: '5m', run: (at, ctx) => this.press(at, ctx) },
      ...endingSteps<ShutDownVm>(volumes),
    ];
  }

  describe({ vmName, thenStart }: ShutDownVm): string {
    return thenStart ? `Rebooting VM ${vmName}` : `Shutting down VM ${vmName}`;
  }

  async ended(at: ShutDownVm, outcome: SagaOutcome, tx: EntityManager, meta: OperationMeta): Promise<void> {
    const { vmId, vmName, thenStart } = at;
    if (outcome.status === 'failed') {
      const [kind, what] = thenStart ? (['VM_REBOOT_FAILED', 'rebooted'] as const) : (['VM_STOP_FAILED', 'shut down'] as const);
      return this.events.record(kind, `VM ${vmName} was not ${what}: ${outcome.reason}`, { vmId }, tx);
    }
    await this.events.record('VM_DOWN', `VM ${vmName} is down.`, { vmId }, tx);
    if (thenStart) await this.startAnew(at, tx, meta);
  }

  async stuck({ vmId, vmName }: ShutDownVm, reason: string, tx: EntityManager): Promise<void> {
    await this.events.record('OPERATION_STUCK', `VM ${vmName} is shut down, but its disks cannot be detached yet: ${reason}`, { vmId }, tx);
  }

  private async take({ vmId, thenStart }: ShutDownVm, tx: EntityManager): Promise<Partial<ShutDownVm>> {
    const taken = await beginEnding(tx, vmId, thenStart ? 'reboot' : 'shutdown', ['up']);
    if (thenStart) await refuseWhileSnapshotIsTaken(tx, vmId, 'reboot');
    return taken;
  }

  private async press({ vmId, hostName = '' }: ShutDownVm, { operationId }: StepContext): Promise<void> {
    await this.domains.shutDown({ vmId, hostName, operationId });
  }

  private async startAnew({ vmId, vmName }: ShutDownVm, tx: EntityManager, { correlationId, ownerId }: OperationMeta): Promise<void> {
    const about = { correlationId, ...(ownerId === null ? {} : { ownerId }), subjects: [{ type: 'vm', id: vmId }] };
    const run: RunVm = { vmId, vmName };
    try {
      await tx.transaction((inner) => this.operations.start('run-vm', run, about, inner));
      await this.events.record('VM_REBOOTED', `The reboot of VM ${vmName} was initiated.`, { vmId }, tx);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      await this.events.record('VM_REBOOT_FAILED', `VM ${vmName} was shut down, but not started anew: ${error.message}`, { vmId }, tx);
    }
  }
}

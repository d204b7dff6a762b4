import type { OperationMeta, Saga, SagaOutcome, Step, StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { EventsService } from '../events/events.service';
import { VmDomainClient } from './vm-domain.client';
import { VmVolumesClient } from './vm-volumes.client';
import { RUNNING, operationInProgress } from './vm.conflicts';
import { DETACH_THE_DISKS, beginEnding, endingSchema, endingSteps, undoEnding } from './vm.ending';
import { lockVm } from './vm.lock';
import { VmRestarts } from './vm-restarts.service';

const state = endingSchema.extend({
  /** When the run began that has ended (ISO 8601): a VM that was started again meanwhile is left alone. */
  startTime: z.string().nullable(),
  /** True if it did not stop by its own will. */
  faulty: z.boolean(),
});

export type CleanUpVm = z.infer<typeof state>;

/**
 * Ends the run of a VM whose domain was found gone: by a power-off from within, a crash of QEMU, or a restart of the host. A highly available VM is then
 * to be started again, unless it has powered off.
 */
@Injectable()
export class CleanUpVmSaga implements Saga<CleanUpVm> {
  readonly name = 'clean-up-vm';
  readonly state = state;
  readonly pointOfNoReturn = DETACH_THE_DISKS;
  readonly steps: readonly Step<CleanUpVm>[];

  constructor(
    private readonly events: EventsService,
    private readonly domains: VmDomainClient,
    private readonly restarts: VmRestarts,
    volumes: VmVolumesClient,
  ) {
    this.steps = [
      { kind: 'transaction', name: 'take the VM', run: (at, tx) => this.take(at, tx), undo: undoEnding },
      { kind: 'call', name: 'make sure that the VM is gone from the host', within: '2m', run: (at, ctx) => this.end(at, ctx) },
      ...endingSteps<CleanUpVm>(volumes),
    ];
  }

  describe({ vmName }: CleanUpVm): string {
    return `Cleaning up after VM ${vmName}`;
  }

  async ended(at: CleanUpVm, outcome: SagaOutcome, tx: EntityManager, { correlationId }: OperationMeta): Promise<void> {
    if (outcome.status === 'failed') return;
    const { vmId, vmName, reason } = at;
    if (!at.faulty) {
      await this.restarts.forget(vmId, tx);
      return this.events.record('VM_DOWN', `VM ${vmName} is down. ${reason}`.trim(), { vmId }, tx);
    }
    await this.events.record('VM_DOWN_ERROR', `VM ${vmName} is down with error. Exit message: ${reason}`, { vmId }, tx);
    await this.restarts.want(at, correlationId, tx);
  }

  async stuck({ vmId, vmName }: CleanUpVm, reason: string, tx: EntityManager): Promise<void> {
    await this.events.record('OPERATION_STUCK', `VM ${vmName} is down, but its disks cannot be detached yet: ${reason}`, { vmId }, tx);
  }

  private async take({ vmId, startTime }: CleanUpVm, tx: EntityManager): Promise<Partial<CleanUpVm>> {
    const vm = await lockVm(tx, vmId);
    if ((vm.startTime?.toISOString() ?? null) !== startTime) throw operationInProgress('stop');
    return beginEnding(tx, vmId, 'stop', RUNNING);
  }

  private async end({ vmId, hostName = '' }: CleanUpVm, { operationId }: StepContext): Promise<void> {
    await this.domains.end({ vmId, hostName, operationId });
  }
}

import type { Saga, SagaOutcome, Step, StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { EventsService } from '../events/events.service';
import { VmDomainClient } from './vm-domain.client';
import { VmVolumesClient } from './vm-volumes.client';
import { RUNNING } from './vm.conflicts';
import { DETACH_THE_DISKS, type Ending, beginEnding, endingSchema, endingSteps, undoEnding } from './vm.ending';

/** Stops a VM at once, as if its power were cut. */
@Injectable()
export class StopVmSaga implements Saga<Ending> {
  readonly name = 'stop-vm';
  readonly state = endingSchema;
  readonly pointOfNoReturn = DETACH_THE_DISKS;
  readonly steps: readonly Step<Ending>[];

  constructor(
    private readonly events: EventsService,
    private readonly domains: VmDomainClient,
    volumes: VmVolumesClient,
  ) {
    this.steps = [
      { kind: 'transaction', name: 'take the VM', run: ({ vmId }, tx) => beginEnding(tx, vmId, 'stop', RUNNING), undo: undoEnding },
      { kind: 'call', name: 'end the VM on the host', within: '2m', run: (at, ctx) => this.end(at, ctx) },
      ...endingSteps(volumes),
    ];
  }

  describe({ vmName }: Ending): string {
    return `Stopping VM ${vmName}`;
  }

  async ended({ vmId, vmName }: Ending, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    if (outcome.status === 'finished') await this.events.record('VM_STOPPED', `VM ${vmName} was stopped.`, { vmId }, tx);
    else await this.events.record('VM_STOP_FAILED', `VM ${vmName} could not be stopped: ${outcome.reason}`, { vmId }, tx);
  }

  async stuck({ vmId, vmName }: Ending, reason: string, tx: EntityManager): Promise<void> {
    await this.events.record('OPERATION_STUCK', `VM ${vmName} is stopped, but its disks cannot be detached yet: ${reason}`, { vmId }, tx);
  }

  private async end({ vmId, hostName = '' }: Ending, { operationId }: StepContext): Promise<void> {
    await this.domains.end({ vmId, hostName, operationId });
  }
}

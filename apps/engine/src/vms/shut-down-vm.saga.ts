import type { Saga, SagaOutcome, Step, StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { EventsService } from '../events/events.service';
import { VmDomainClient } from './vm-domain.client';
import { VmVolumesClient } from './vm-volumes.client';
import { DETACH_THE_DISKS, type Ending, beginEnding, endingSchema, endingSteps, undoEnding } from './vm.ending';

/** Asks the guest to power off, and waits for it. A guest that does not is given up after some minutes, and goes on running. */
@Injectable()
export class ShutDownVmSaga implements Saga<Ending> {
  readonly name = 'shut-down-vm';
  readonly state = endingSchema;
  readonly pointOfNoReturn = DETACH_THE_DISKS;
  readonly steps: readonly Step<Ending>[];

  constructor(
    private readonly events: EventsService,
    private readonly domains: VmDomainClient,
    volumes: VmVolumesClient,
  ) {
    this.steps = [
      { kind: 'transaction', name: 'take the VM', run: ({ vmId }, tx) => beginEnding(tx, vmId, 'shutdown', ['up']), undo: undoEnding },
      { kind: 'call', name: 'press the power button until the guest is off', within: '5m', run: (at, ctx) => this.press(at, ctx) },
      ...endingSteps(volumes),
    ];
  }

  describe({ vmName }: Ending): string {
    return `Shutting down VM ${vmName}`;
  }

  async ended({ vmId, vmName }: Ending, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    if (outcome.status === 'finished') await this.events.record('VM_DOWN', `VM ${vmName} is down.`, { vmId }, tx);
    else await this.events.record('VM_STOP_FAILED', `VM ${vmName} was not shut down: ${outcome.reason}`, { vmId }, tx);
  }

  async stuck({ vmId, vmName }: Ending, reason: string, tx: EntityManager): Promise<void> {
    await this.events.record('OPERATION_STUCK', `VM ${vmName} is shut down, but its disks cannot be detached yet: ${reason}`, { vmId }, tx);
  }

  private async press({ vmId, hostName = '' }: Ending, { operationId }: StepContext): Promise<void> {
    await this.domains.shutDown({ vmId, hostName, operationId });
  }
}

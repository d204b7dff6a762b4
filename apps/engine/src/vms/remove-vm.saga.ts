import type { Saga, SagaOutcome, Step } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { EventsService } from '../events/events.service';
import { Vm } from './vm.entity';
import { takeForRemoval } from './vm.removal';

const state = z.object({ vmId: z.string(), vmName: z.string() });

export type RemoveVm = z.infer<typeof state>;

/** Removes a VM whose disks stay, all at once or not at all. */
@Injectable()
export class RemoveVmSaga implements Saga<RemoveVm> {
  readonly name = 'remove-vm';
  readonly state = state;

  readonly steps: readonly Step<RemoveVm>[] = [{ kind: 'transaction', name: 'remove the VM', run: (at, tx) => this.remove(at, tx) }];

  constructor(private readonly events: EventsService) {}

  describe({ vmName }: RemoveVm): string {
    return `Removing VM ${vmName} from system`;
  }

  async ended({ vmId, vmName }: RemoveVm, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    if (outcome.status === 'finished') await this.events.record('VM_REMOVED', `VM ${vmName} was removed.`, { vmId }, tx);
  }

  private async remove({ vmId }: RemoveVm, tx: EntityManager): Promise<void> {
    await takeForRemoval(tx, vmId, true);
    await tx.delete(Vm, { id: vmId });
  }
}

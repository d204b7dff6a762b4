import { messages, renderMessage } from '@clinker/ovirt-api';
import type { Saga, SagaOutcome, Step, StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { ConflictError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { Host } from '../hosts/host.entity';
import { VmDomainClient } from './vm-domain.client';
import { statusConflict } from './vm.conflicts';
import { lockVm } from './vm.lock';
import { refuseWhileSnapshotIsTaken } from './vm.snapshots';

const state = z.object({
  vmId: z.string(),
  vmName: z.string(),
  /** `reboot` asks the guest, `reset` does not. */
  how: z.enum(['reboot', 'reset']),
  hostName: z.string().optional(),
});

export type RestartVm = z.infer<typeof state>;

const EVENTS = {
  reboot: { done: 'VM_REBOOTED', failed: 'VM_REBOOT_FAILED' },
  reset: { done: 'VM_RESET', failed: 'VM_RESET_FAILED' },
} as const;

/**
 * Lets a VM's guest start again. The VM stays up, on its host, with the settings and disks that it has. Whether a guest that is asked to reboot
 * does so is not waited for.
 */
@Injectable()
export class RestartVmSaga implements Saga<RestartVm> {
  readonly name = 'restart-vm';
  readonly state = state;

  readonly steps: readonly Step<RestartVm>[] = [
    { kind: 'transaction', name: 'check that the VM is up', run: (at, tx) => this.check(at, tx) },
    { kind: 'call', name: 'let the guest start again', within: '2m', run: (at, ctx) => this.restart(at, ctx) },
  ];

  constructor(
    private readonly events: EventsService,
    private readonly domains: VmDomainClient,
  ) {}

  describe({ vmName, how }: RestartVm): string {
    return how === 'reboot' ? `Rebooting VM ${vmName}` : `Resetting VM ${vmName}`;
  }

  async ended({ vmId, vmName, how }: RestartVm, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    const { done, failed } = EVENTS[how];
    if (outcome.status === 'finished') await this.events.record(done, `The ${how} of VM ${vmName} was initiated.`, { vmId }, tx);
    else await this.events.record(failed, `Failed to ${how} VM ${vmName}: ${outcome.reason}`, { vmId }, tx);
  }

  private async check({ vmId, how }: RestartVm, tx: EntityManager): Promise<Partial<RestartVm>> {
    const vm = await lockVm(tx, vmId);
    if (vm.status === 'down' || vm.status === 'image_locked') throw statusConflict(how, vm);
    if (vm.status !== 'up' || !vm.hostId)
      throw new ConflictError(renderMessage(messages.VM_STATUS_ILLEGAL, { action: how, type: 'VM', status: vm.status }));
    await refuseWhileSnapshotIsTaken(tx, vmId, how);
    const { name: hostName } = await tx.findOneByOrFail(Host, { id: vm.hostId });
    return { hostName };
  }

  private async restart({ vmId, hostName = '', how }: RestartVm, { operationId }: StepContext): Promise<void> {
    await this.domains.restart({ vmId, hostName, operationId }, how);
  }
}

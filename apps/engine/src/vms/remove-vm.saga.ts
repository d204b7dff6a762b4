import { Operations, type Saga, type SagaOutcome, type Step, type StepContext } from '@clinker/sagas';
import { messages, renderMessage } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { type EntityManager, In, Not } from 'typeorm';
import { z } from 'zod';
import { DiskAttachment } from '../disk-attachments/disk-attachment.entity';
import { Disk } from '../disks/disk.entity';
import { ConflictError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { operationInProgress, statusConflict } from './vm.conflicts';
import { Vm } from './vm.entity';
import { lockVm } from './vm.lock';
import { refuseOwnSnapshots } from './vm.snapshots';

const state = z.object({ vmId: z.string(), vmName: z.string(), keepDisks: z.boolean(), ownerId: z.string().optional() });

export type RemoveVm = z.infer<typeof state>;

/** Removes a VM, and starts the removal of its disks unless they are to be kept. All at once or not at all; a disk that others have stays. */
@Injectable()
export class RemoveVmSaga implements Saga<RemoveVm> {
  readonly name = 'remove-vm';
  readonly state = state;

  readonly steps: readonly Step<RemoveVm>[] = [
    { kind: 'transaction', name: 'remove the VM', run: (at, tx, ctx) => this.remove(at, tx, ctx) },
  ];

  constructor(
    private readonly events: EventsService,
    private readonly operations: Operations,
  ) {}

  describe({ vmName }: RemoveVm): string {
    return `Removing VM ${vmName} from system`;
  }

  async ended({ vmId, vmName }: RemoveVm, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    if (outcome.status === 'finished') await this.events.record('VM_REMOVED', `VM ${vmName} was removed.`, { vmId }, tx);
  }

  private async remove({ vmId, keepDisks, ownerId }: RemoveVm, tx: EntityManager, { correlationId }: StepContext): Promise<void> {
    const vm = await lockVm(tx, vmId);
    await this.refuse(vm, tx);
    await refuseOwnSnapshots(tx, vmId, keepDisks);
    const disks = keepDisks ? [] : await this.ownDisks(vmId, tx);
    const owner = ownerId === undefined ? {} : { ownerId };
    for (const disk of disks) {
      const meta = { correlationId, ...owner, subjects: [{ type: 'disk', id: disk.id }] };
      await this.operations.start('remove-disk', { diskId: disk.id, name: disk.name }, meta, tx);
    }
    await tx.delete(Vm, { id: vmId });
  }

  private async refuse(vm: Vm, tx: EntityManager): Promise<void> {
    if (vm.deleteProtected) throw new ConflictError(renderMessage(messages.VM_DELETE_PROTECTED, { action: 'remove', type: 'VM' }));
    if (vm.status !== 'down') throw statusConflict('remove', vm);
    if (await tx.existsBy(DiskAttachment, { vmId: vm.id, status: 'locked' })) throw operationInProgress('remove');
  }

  /** The disks that no other VM has. */
  private async ownDisks(vmId: string, tx: EntityManager): Promise<Disk[]> {
    const attachments = await tx.findBy(DiskAttachment, { vmId });
    const diskIds = attachments.map(({ diskId }) => diskId);
    const others = await tx.findBy(DiskAttachment, { diskId: In(diskIds), vmId: Not(vmId) });
    const shared = new Set(others.map(({ diskId }) => diskId));
    return tx.find(Disk, { where: { id: In(diskIds.filter((id) => !shared.has(id))) }, order: { id: 'ASC' } });
  }
}

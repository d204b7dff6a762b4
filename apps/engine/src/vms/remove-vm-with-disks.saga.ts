import { Operations, type Saga, type SagaOutcome, type Step, type StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { type EntityManager, In, Not } from 'typeorm';
import { z } from 'zod';
import { DiskAttachment } from '../disk-attachments/disk-attachment.entity';
import type { RemoveDisk } from '../disks/remove-disk.saga';
import { Disk } from '../disks/disk.entity';
import { ConflictError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { ChildOperations } from '../sagas/child-operations';
import { MemoryVolumeClient } from '../snapshot-memory/memory-volume.client';
import { Vm } from './vm.entity';
import { takeForRemoval } from './vm.removal';
import { vmStatuses } from './vm.statuses';

const state = z.object({
  vmId: z.string(),
  vmName: z.string(),
  ownerId: z.string().optional(),
  /** The operations that remove its disks. */
  removals: z.array(z.string()).default([]),
});

export type RemoveVmWithDisks = z.input<typeof state>;
type State = z.output<typeof state>;

/**
 * Removes a VM after its disks; a disk that others have stays. The VM is shown, locked, until all of them are gone.
 * If one cannot be removed the VM stays with what is left of its disks, and its removal can be asked for again.
 */
@Injectable()
export class RemoveVmWithDisksSaga implements Saga<State> {
  readonly name = 'remove-vm-with-disks';
  readonly state = state;

  readonly steps: readonly Step<State>[] = [
    {
      kind: 'transaction',
      name: 'lock the VM and begin to remove its disks',
      run: (at, tx, ctx) => this.lock(at, tx, ctx),
      undo: ({ vmId }, tx) => this.unlock(vmId, tx),
    },
    { kind: 'wait', name: 'wait until its disks are gone', until: (at, ctx) => this.areGone(at, ctx), every: '5s', within: '24h' },
    { kind: 'call', name: 'delete the memory of its snapshots', run: ({ vmId }, ctx) => this.memories.ensureGone(vmId, ctx) },
    { kind: 'transaction', name: 'remove the VM', run: ({ vmId }, tx) => this.remove(vmId, tx) },
  ];

  constructor(
    private readonly events: EventsService,
    private readonly operations: Operations,
    private readonly children: ChildOperations,
    private readonly memories: MemoryVolumeClient,
  ) {}

  describe({ vmName }: State): string {
    return `Removing VM ${vmName} from system`;
  }

  async ended({ vmId, vmName }: State, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    if (outcome.status === 'finished') return this.events.record('VM_REMOVED', `VM ${vmName} was removed.`, { vmId }, tx);
    await this.events.record('VM_REMOVE_FAILED', `VM ${vmName} could not be removed: ${outcome.reason}`, { vmId }, tx);
  }

  private async lock({ vmId, ownerId }: State, tx: EntityManager, { correlationId }: StepContext): Promise<Partial<State>> {
    await takeForRemoval(tx, vmId, false);
    await vmStatuses.move(tx, vmId, { from: 'down', to: 'image_locked' });
    const owner = ownerId === undefined ? {} : { ownerId };
    const removals: string[] = [];
    for (const disk of await this.ownDisks(vmId, tx)) {
      const meta = { correlationId, ...owner, subjects: [{ type: 'disk', id: disk.id }] };
      const removal: RemoveDisk = { diskId: disk.id, diskName: disk.name, ofVmId: vmId };
      removals.push((await this.operations.start('remove-disk', removal, meta, tx)).id);
    }
    return { removals };
  }

  private async unlock(vmId: string, tx: EntityManager): Promise<void> {
    await vmStatuses.move(tx, vmId, { from: 'image_locked', to: 'down' });
  }

  /** Only when all have ended it is clear what is left. @throws ConflictError if one has failed */
  private async areGone({ removals }: State, ctx: StepContext): Promise<boolean> {
    if (removals.length === 0) return true;
    const { haveEnded, reasons } = await this.children.look(removals, ctx);
    if (haveEnded && reasons.length > 0) throw new ConflictError(reasons.join(' '));
    return haveEnded;
  }

  private async remove(vmId: string, tx: EntityManager): Promise<void> {
    await tx.delete(Vm, { id: vmId });
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

import type { OperationMeta, Saga, SagaOutcome, Step, StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { z } from 'zod';
import { DiskSnapshot } from '../disks/disk-snapshot.entity';
import { diskSnapshotIdSchema } from '../disks/disk.ids';
import { diskSnapshotStatuses } from '../disks/disk-snapshot.statuses';
import { ConflictError, NotFoundError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { memoryVolumesOf } from '../snapshot-memory/snapshot-memory.rows';
import { DiskSnapshotsClient, keptSnapshotSchema, snapshotOfDiskSchema, volumeOfDiskSchema } from './disk-snapshots.client';
import { forgetDiskSnapshots, retiredVolumesOf, snapshotsOfDisks } from './disk-snapshot.rows';
import { partsOfGroups } from './group.rules';
import { lockSnapshots, previewOf, usableSnapshot } from './snapshot.rules';
import { snapshotStatuses } from './snapshot.statuses';
import { VmSnapshot } from './vm-snapshot.entity';

const state = z.object({
  vmId: z.string(),
  vmName: z.string(),
  snapshotId: z.string(),
  description: z.string(),
  /** The one disk whose snapshot is to go; null for the VM's snapshot as a whole. */
  diskSnapshotId: diskSnapshotIdSchema.nullable().default(null),
  disks: z.array(snapshotOfDiskSchema).default([]),
  /** Volumes that were kept for the snapshots alone, and that with the memory. */
  volumes: z.array(volumeOfDiskSchema).default([]),
  kept: z.array(keptSnapshotSchema).default([]),
});

/** What `remove-snapshot` is started with. */
export type RemoveSnapshot = z.input<typeof state>;
type State = z.output<typeof state>;

const reasonsOf = ({ kept }: State): string => kept.map(({ reason }) => reason).join(' ');

/**
 * Removes a VM's snapshot, or what it has of one disk. The running VM is not touched. What Cinder keeps, because volumes depend on it, stays
 * in the snapshot, with an event that says why; the removal can be asked for again.
 */
@Injectable()
export class RemoveSnapshotSaga implements Saga<State> {
  readonly name = 'remove-snapshot';
  readonly state = state;
  readonly pointOfNoReturn = 'delete the snapshots in Cinder';

  readonly steps: readonly Step<State>[] = [
    { kind: 'transaction', name: 'lock the snapshot', run: (at, tx) => this.lock(at, tx), undo: (at, tx) => this.unlock(at, tx) },
    { kind: 'call', name: 'delete the snapshots in Cinder', run: (at, ctx) => this.delete(at, ctx) },
    { kind: 'call', name: 'delete the volumes that were kept for them', run: (at, ctx) => this.deleteVolumes(at, ctx) },
    { kind: 'transaction', name: 'forget the snapshot', run: (at, tx) => this.forget(at, tx) },
  ];

  constructor(
    private readonly client: DiskSnapshotsClient,
    private readonly events: EventsService,
  ) {}

  describe({ vmName, description, diskSnapshotId }: State): string {
    return `Removing ${diskSnapshotId === null ? 'Snapshot' : 'Disk of Snapshot'} ${description} of VM ${vmName}`;
  }

  async ended(at: State, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    if (outcome.status === 'failed') await this.noteFailure(at, outcome.reason, tx);
  }

  async stuck({ vmId, description }: State, reason: string, tx: EntityManager, { id }: OperationMeta): Promise<void> {
    await this.events.record('OPERATION_STUCK', `The job ${id} for the snapshot '${description}' is stuck: ${reason}`, { vmId }, tx);
  }

  private async lock(at: State, tx: EntityManager): Promise<Partial<State>> {
    const found = await lockSnapshots(tx, at.vmId, 'remove');
    previewOf(found, false, 'remove');
    const snapshot = usableSnapshot(found, at.snapshotId, 'remove');
    const rows = await tx.findBy(DiskSnapshot, { snapshotId: snapshot.id });
    const chosen = at.diskSnapshotId === null ? rows : rows.filter(({ id }) => id === at.diskSnapshotId);
    if (at.diskSnapshotId !== null && chosen.length === 0) throw new NotFoundError('Disk Snapshot', at.diskSnapshotId);
    const disks = await snapshotsOfDisks(tx, chosen, 'remove');
    const [part] = await partsOfGroups(tx, disks);
    if (part) throw new ConflictError(`Cannot remove Disk Snapshot. ${part.reason}`);
    await snapshotStatuses.move(tx, snapshot.id, { from: 'ok', to: 'locked' });
    await diskSnapshotStatuses.move(
      tx,
      chosen.map(({ id }) => id),
      { from: 'ok', to: 'locked' },
    );
    const memories = at.diskSnapshotId === null ? await memoryVolumesOf(tx, [snapshot.id]) : [];
    return { disks, volumes: [...(await retiredVolumesOf(tx, disks)), ...memories] };
  }

  private async unlock({ snapshotId, disks }: State, tx: EntityManager): Promise<void> {
    await diskSnapshotStatuses.move(
      tx,
      disks.map(({ diskSnapshotId }) => diskSnapshotId),
      { from: 'locked', to: 'ok' },
    );
    await snapshotStatuses.move(tx, snapshotId, { from: 'locked', to: 'ok' });
  }

  private async delete({ disks }: State, ctx: StepContext): Promise<Partial<State>> {
    return { kept: await this.client.ensureGone(disks, ctx) };
  }

  private async deleteVolumes({ disks, volumes, kept }: State, ctx: StepContext): Promise<Partial<State>> {
    const stay = kept.map(({ diskSnapshotId }) => diskSnapshotId);
    const gone = disks.map(({ diskSnapshotId }) => diskSnapshotId).filter((id) => !stay.includes(id));
    return { volumes: await this.client.ensureVolumesGone(volumes, gone, ctx) };
  }

  private async forget(at: State, tx: EntityManager): Promise<void> {
    const { vmId, vmName, snapshotId, description, disks, kept, volumes, diskSnapshotId } = at;
    await forgetDiskSnapshots(tx, { disks, kept, volumes });
    if (kept.length > 0) {
      await this.unlock(at, tx);
      return this.noteFailure(at, reasonsOf(at), tx);
    }
    if (diskSnapshotId !== null) {
      await this.unlock(at, tx);
      const text = `Disk '${disks[0]?.diskName ?? ''}' was removed from Snapshot '${description}' of VM '${vmName}'.`;
      return this.events.record('DISK_SNAPSHOT_REMOVED', text, { vmId, ...(disks[0] && { diskId: disks[0].diskId }) }, tx);
    }
    await tx.delete(VmSnapshot, { id: snapshotId });
    await this.events.record('SNAPSHOT_REMOVED', `Snapshot '${description}' deletion for VM '${vmName}' has been completed.`, { vmId }, tx);
  }

  private async noteFailure({ vmId, vmName, description }: State, reason: string, tx: EntityManager): Promise<void> {
    const text = `Failed to delete Snapshot '${description}' for VM '${vmName}': ${reason}`;
    await this.events.record('SNAPSHOT_REMOVE_FAILED', text, { vmId }, tx);
  }
}

import type { OperationMeta, Saga, SagaOutcome, Step, StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { type EntityManager, In, MoreThan, Not } from 'typeorm';
import { z } from 'zod';
import { DiskSnapshot } from '../disks/disk-snapshot.entity';
import { DiskVolume } from '../disks/disk-volume.entity';
import type { DiskId } from '../disks/disk.entity';
import { diskIdSchema } from '../disks/disk.ids';
import { EventsService } from '../events/events.service';
import { allOf } from '../sagas/all.of';
import { memoryVolumesOf } from '../snapshot-memory/snapshot-memory.rows';
import { vmStatuses } from '../vms/vm.statuses';
import { forgetDiskSnapshots, retiredVolumesOf, toSagas } from './disk-snapshot.rows';
import {
  DiskSnapshotsClient,
  type SnapshotOfDisk,
  type VolumeOfDisk,
  keptSnapshotSchema,
  snapshotOfDiskSchema,
  volumeOfDiskSchema,
} from './disk-snapshots.client';
import type { PreviewedDisk } from './snapshot.configuration';
import {
  type VmWithSnapshots,
  holdDisks,
  inPreview,
  lockSnapshots,
  previewOf,
  previewedDisks,
  refuseUnlessDown,
  releaseDisks,
} from './snapshot.rules';
import { snapshotStatuses } from './snapshot.statuses';
import { VmSnapshot } from './vm-snapshot.entity';

/** The snapshots that came after the committed one and have no disks any more. */
const FORGET_EMPTY = `
  DELETE FROM vm_snapshot later USING vm_snapshot committed
  WHERE later.vm_id = $1 AND committed.id = $2 AND later.creation_time > committed.creation_time
    AND NOT EXISTS (SELECT FROM disk_snapshot part WHERE part.snapshot_id = later.id)`;

const state = z.object({
  vmId: z.string(),
  vmName: z.string(),
  snapshotId: z.string().default(''),
  beforeId: z.string().default(''),
  diskIds: z.array(diskIdSchema).default([]),
  /** Snapshots that came after what was previewed: they lead to what is given up. */
  newer: z.array(snapshotOfDiskSchema).default([]),
  volumes: z.array(volumeOfDiskSchema).default([]),
  kept: z.array(keptSnapshotSchema).default([]),
});

/** What `commit-snapshot` is started with. */
export type CommitSnapshot = z.input<typeof state>;
type State = z.output<typeof state>;

/**
 * Makes a preview the VM's state for good. As in oVirt the later snapshots of the previewed disks go, and with them what was before the
 * preview; the volume of before stays as long as an older snapshot is of it. Disks that were not previewed keep all that they have.
 */
@Injectable()
export class CommitSnapshotSaga implements Saga<State> {
  readonly name = 'commit-snapshot';
  readonly state = state;
  readonly pointOfNoReturn = 'delete the later snapshots in Cinder';

  readonly steps: readonly Step<State>[] = [
    { kind: 'transaction', name: 'lock the VM', run: (at, tx) => this.lock(at, tx), undo: (at, tx) => this.unlock(at, tx) },
    { kind: 'call', name: 'delete the later snapshots in Cinder', run: (at, ctx) => this.deleteSnapshots(at, ctx) },
    { kind: 'call', name: 'delete the volumes that nothing needs any more', run: (at, ctx) => this.deleteVolumes(at, ctx) },
    { kind: 'transaction', name: 'forget what was before', run: (at, tx) => this.forget(at, tx) },
  ];

  constructor(
    private readonly client: DiskSnapshotsClient,
    private readonly events: EventsService,
  ) {}

  describe({ vmName }: State): string {
    return `Committing the Snapshot-Preview of VM ${vmName}`;
  }

  async ended({ vmId, vmName }: State, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    if (outcome.status === 'finished') return;
    const text = `Failed to commit the preview of VM ${vmName}: ${outcome.reason}`;
    await this.events.record('SNAPSHOT_COMMIT_FAILED', text, { vmId }, tx);
  }

  async stuck({ vmId, vmName }: State, reason: string, tx: EntityManager, { id }: OperationMeta): Promise<void> {
    const text = `The job ${id}, which commits the preview of VM ${vmName}, is stuck: ${reason}`;
    await this.events.record('OPERATION_STUCK', text, { vmId }, tx);
  }

  private async lock({ vmId }: State, tx: EntityManager): Promise<Partial<State>> {
    const found = await lockSnapshots(tx, vmId, 'commit');
    const before = previewOf(found, true, 'commit')!;
    refuseUnlessDown(found.vm, 'commit');
    const previewed = await previewedDisks(tx, before);
    const diskIds = previewed.map(({ diskId }) => diskId);
    const { disks } = await holdDisks(tx, [...diskIds].sort(), 'commit');
    const newer = await toSagas(tx, await this.newerThan(previewed, tx), disks, 'commit');
    const memories = await memoryVolumesOf(tx, await this.emptied(found, newer, tx));
    const volumes = [...(await this.setAside(diskIds, tx)), ...(await retiredVolumesOf(tx, newer)), ...memories];
    await vmStatuses.move(tx, vmId, { from: 'down', to: 'image_locked' });
    await snapshotStatuses.move(tx, before.id, { from: 'ok', to: 'locked' });
    return { snapshotId: inPreview(found)?.id ?? '', beforeId: before.id, diskIds, newer, volumes };
  }

  /** The later snapshots that will have no disks any more. */
  private async emptied(found: VmWithSnapshots, newer: readonly SnapshotOfDisk[], tx: EntityManager): Promise<string[]> {
    const since = inPreview(found)?.creationTime ?? new Date();
    const later = found.snapshots.filter(({ type, creationTime }) => type === 'regular' && creationTime > since).map(({ id }) => id);
    const stay = await tx.findBy(DiskSnapshot, {
      snapshotId: In(later),
      id: Not(In(newer.map(({ diskSnapshotId }) => diskSnapshotId))),
    });
    return later.filter((id) => !stay.some(({ snapshotId }) => snapshotId === id));
  }

  private async newerThan(previewed: readonly PreviewedDisk[], tx: EntityManager): Promise<DiskSnapshot[]> {
    const lists = previewed.map(async ({ diskId, diskSnapshotId }) => {
      const { creationTime } = await tx.findOneByOrFail(DiskSnapshot, { id: diskSnapshotId });
      return tx.findBy(DiskSnapshot, { diskId, creationTime: MoreThan(creationTime) });
    });
    return (await allOf(lists)).flat();
  }

  private async setAside(diskIds: readonly DiskId[], tx: EntityManager): Promise<VolumeOfDisk[]> {
    const rows = await tx.findBy(DiskVolume, { diskId: In([...diskIds]), role: 'set_aside' });
    return rows.map(({ diskId, providerId, volumeId }) => ({ diskId, providerId, volumeId }));
  }

  private async unlock({ vmId, beforeId, diskIds }: State, tx: EntityManager): Promise<void> {
    await snapshotStatuses.move(tx, beforeId, { from: 'locked', to: 'ok' });
    await this.release(vmId, diskIds, tx);
  }

  private async release(vmId: string, diskIds: readonly DiskId[], tx: EntityManager): Promise<void> {
    await releaseDisks(tx, diskIds);
    await vmStatuses.move(tx, vmId, { from: 'image_locked', to: 'down' });
  }

  private async deleteSnapshots({ newer }: State, ctx: StepContext): Promise<Partial<State>> {
    return { kept: await this.client.ensureGone(newer, ctx) };
  }

  private async deleteVolumes({ newer, volumes, kept }: State, ctx: StepContext): Promise<Partial<State>> {
    const stay = kept.map(({ diskSnapshotId }) => diskSnapshotId);
    const gone = newer.map(({ diskSnapshotId }) => diskSnapshotId).filter((id) => !stay.includes(id));
    return { volumes: await this.client.ensureVolumesGone(volumes, gone, ctx) };
  }

  private async forget(at: State, tx: EntityManager): Promise<void> {
    const { vmId, vmName, snapshotId, beforeId, diskIds, newer, kept, volumes } = at;
    await forgetDiskSnapshots(tx, { disks: newer, kept, volumes });
    await tx.update(DiskVolume, { diskId: In(diskIds), role: 'set_aside' }, { role: 'kept_for_snapshots' });
    await tx.delete(VmSnapshot, { id: beforeId });
    await tx.query(FORGET_EMPTY, [vmId, snapshotId]);
    await snapshotStatuses.move(tx, snapshotId, { from: 'in_preview', to: 'ok' });
    await this.release(vmId, diskIds, tx);
    await this.events.record('SNAPSHOT_COMMITTED', `VM '${vmName}' restored from Snapshot has been completed.`, { vmId }, tx);
  }
}

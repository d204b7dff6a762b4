import type { Snapshot } from '@clinker/cinder';
import type { StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { EntityManager, In, Not } from 'typeorm';
import { z } from 'zod';
import { DiskSnapshot, type DiskSnapshotId } from '../disks/disk-snapshot.entity';
import { DiskVolumeClient, GRACE_MS } from '../disks/disk-volume.client';
import { diskIdSchema, diskSnapshotIdSchema, volumeIdSchema, volumeSnapshotIdSchema } from '../disks/disk.ids';
import { ImportedSnapshot } from '../disks/imported-snapshot.entity';
import { SnapshotInUseError } from '../disks/group-members.client';
import { VolumeGroupClient } from '../disks/volume-group.client';
import { VolumeSnapshotClient } from '../disks/volume-snapshot.client';
import { allOf } from '../sagas/all.of';
import { outside } from '../sagas/step.errors';
import { partsOfGroups } from './group.rules';

/** A disk's snapshot, as it stands in the state of sagas. */
export const snapshotOfDiskSchema = z.object({
  diskSnapshotId: diskSnapshotIdSchema,
  diskId: diskIdSchema,
  diskName: z.string(),
  providerId: z.string(),
  /** The volume that it is taken of. */
  volumeId: volumeIdSchema,
  cinderSnapshotId: volumeSnapshotIdSchema.nullable(),
  /** The group in Cinder that it was taken with, if so. */
  cinderGroupId: z.string().nullable().default(null),
});
export type SnapshotOfDisk = z.output<typeof snapshotOfDiskSchema>;

/** A volume of a disk that is to go. */
export const volumeOfDiskSchema = z.object({ diskId: diskIdSchema, providerId: z.string(), volumeId: volumeIdSchema });
export type VolumeOfDisk = z.output<typeof volumeOfDiskSchema>;

/** A snapshot that Cinder keeps although it was asked to delete it. */
export const keptSnapshotSchema = z.object({ diskSnapshotId: diskSnapshotIdSchema, reason: z.string() });
export type KeptSnapshot = z.output<typeof keptSnapshotSchema>;

/** The Cinder snapshots of several disks at once. Every method may be repeated. */
@Injectable()
export class DiskSnapshotsClient {
  constructor(
    private readonly db: EntityManager,
    private readonly snapshots: VolumeSnapshotClient,
    private readonly volumes: DiskVolumeClient,
    private readonly groups: VolumeGroupClient,
  ) {}

  /**
   * Asks Cinder for all snapshots at once: the shorter the time between them, the better they fit together.
   * @param isFirst that there was no earlier attempt
   * @throws RetryLater, BackendError
   */
  async request(wanted: readonly SnapshotOfDisk[], name: string, isFirst: boolean): Promise<SnapshotOfDisk[]> {
    const asked = wanted.map(async (one) => ({
      ...one,
      cinderSnapshotId: await this.snapshots.ensureRequested({ ...one, name: `${name}-${one.diskName}` }, isFirst),
    }));
    return allOf(asked);
  }

  /** Whether Cinder has made all of them. @throws RetryLater, BackendError */
  async areMade(wanted: readonly SnapshotOfDisk[], ctx: StepContext): Promise<boolean> {
    const made = wanted.map(({ providerId, cinderSnapshotId }) =>
      cinderSnapshotId === null ? Promise.resolve(false) : this.snapshots.isCreated(providerId, cinderSnapshotId, ctx),
    );
    return (await allOf(made)).every(Boolean);
  }

  /**
   * Deletes all that is there of them. One that volumes depend on and that Cinder cannot part from them is kept, with Cinder's reason; one that
   * was taken as a group with others goes with all of these only.
   * @throws RetryLater until Cinder has done what it does
   */
  async ensureGone(which: readonly SnapshotOfDisk[], ctx: StepContext): Promise<KeptSnapshot[]> {
    const parts = await partsOfGroups(this.db, which);
    const free = which.filter(({ diskSnapshotId }) => !parts.some((part) => part.diskSnapshotId === diskSnapshotId));
    const results = await Promise.allSettled(free.map((one) => this.removeOne(one, ctx)));
    const later = results.find((result) => result.status === 'rejected');
    if (later) throw later.reason;
    const kept = results.flatMap((result) => (result.status === 'fulfilled' && result.value ? [result.value] : []));
    await this.removeGroups(free, kept);
    return [...parts, ...kept];
  }

  /** {@link ensureGone} of what was just asked for. A request whose answer was lost may show its snapshot late: it is looked for again after a while. */
  async takeBack(which: readonly SnapshotOfDisk[], ctx: StepContext): Promise<void> {
    await this.ensureGone(which, ctx);
    if (which.every(({ cinderSnapshotId }) => cinderSnapshotId !== null)) return;
    await pause(GRACE_MS, undefined, { signal: ctx.signal });
    await this.ensureGone(which, ctx);
  }

  /** Deletes these volumes, except those of which there are snapshots beside the ones that `gone` names. @throws RetryLater until they are gone */
  async ensureVolumesGone(which: readonly VolumeOfDisk[], gone: readonly DiskSnapshotId[], ctx: StepContext): Promise<VolumeOfDisk[]> {
    const free = await this.unkept(which, gone);
    const found = free.map(async (one) => {
      const volume = await outside('look for the volume in Cinder', () => this.volumes.own(one, one.volumeId));
      await this.volumes.ensureGone(one.providerId, volume ? [volume] : [], ctx);
    });
    await allOf(found);
    return free;
  }

  /** What is left of groups whose snapshots are gone. @throws RetryLater until they are gone as well */
  private async removeGroups(which: readonly SnapshotOfDisk[], kept: readonly KeptSnapshot[]): Promise<void> {
    const gone = which.filter(({ diskSnapshotId }) => !kept.some((one) => one.diskSnapshotId === diskSnapshotId));
    const groups = new Map(gone.flatMap(({ cinderGroupId, providerId }) => (cinderGroupId === null ? [] : [[cinderGroupId, providerId]])));
    for (const [groupId, providerId] of groups) await this.groups.ensureGone({ providerId, groupId });
  }

  private async unkept(which: readonly VolumeOfDisk[], gone: readonly DiskSnapshotId[]): Promise<VolumeOfDisk[]> {
    const volumeIds = which.map(({ volumeId }) => volumeId);
    const kept = await this.db.findBy(DiskSnapshot, { volumeId: In(volumeIds), id: Not(In([...gone])) });
    const imported = await this.db.findBy(ImportedSnapshot, { volumeId: In(volumeIds) });
    const keepers = new Set([...kept, ...imported].map(({ volumeId }) => volumeId));
    return which.filter(({ volumeId }) => !keepers.has(volumeId));
  }

  private async removeOne(one: SnapshotOfDisk, ctx: StepContext): Promise<KeptSnapshot | undefined> {
    try {
      const found: Snapshot[] = await outside('look for the snapshot in Cinder', () => this.snapshots.find(one));
      await this.snapshots.ensureGone(one.providerId, found, ctx);
      return undefined;
    } catch (error) {
      if (!(error instanceof SnapshotInUseError)) throw error;
      return { diskSnapshotId: one.diskSnapshotId, reason: error.message };
    }
  }
}

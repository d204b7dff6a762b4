import { RetryLater, type StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { GRACE_MS } from '../disks/disk-volume.client';
import type { VolumeId } from '../disks/disk.entity';
import { VolumeGroupClient, volumeGroupSchema } from '../disks/volume-group.client';
import { VolumeSnapshotClient } from '../disks/volume-snapshot.client';
import { allOf } from '../sagas/all.of';
import { DiskSnapshotsClient, type SnapshotOfDisk } from './disk-snapshots.client';

/** Volumes of a VM that are to be snapshotted together, and what became of that. */
export const snapshotGroupSchema = volumeGroupSchema.extend({
  /** Cinder's id of the group; null as long as its volumes are not in it. */
  groupId: z.string().nullable().default(null),
  /** Why Cinder does not take them together; null if it does. */
  refusal: z.string().nullable().default(null),
});
export type SnapshotGroup = z.output<typeof snapshotGroupSchema>;

type Gathered = SnapshotGroup & { readonly groupId: string };

/** The groups whose volumes are together. */
export const gathered = (groups: readonly SnapshotGroup[]): Gathered[] =>
  groups.flatMap((group) => (group.groupId === null ? [] : [{ ...group, groupId: group.groupId }]));

const groupOf = (groups: readonly SnapshotGroup[], volumeId: VolumeId): Gathered | undefined =>
  gathered(groups).find(({ volumeIds }) => volumeIds.includes(volumeId));

/** How many of the snapshots could be of different moments: those of a group are of one. */
export const momentsOf = (disks: readonly SnapshotOfDisk[], groups: readonly SnapshotGroup[]): number =>
  new Set(disks.map(({ volumeId }) => groupOf(groups, volumeId)?.groupId ?? volumeId)).size;

/** The Cinder snapshots of several disks, taken in groups where they can be. Every method may be repeated. */
@Injectable()
export class SnapshotGroupsClient {
  constructor(
    private readonly groups: VolumeGroupClient,
    private readonly snapshots: VolumeSnapshotClient,
    private readonly single: DiskSnapshotsClient,
  ) {}

  /** Gathers the volumes. Where Cinder refuses, they are taken one by one. @throws RetryLater until they are together */
  async gather(wanted: readonly SnapshotGroup[], ctx: StepContext): Promise<SnapshotGroup[]> {
    return allOf(wanted.map((group) => this.gatherOne(group, ctx)));
  }

  /** Asks Cinder for all snapshots at once. @throws RetryLater, BackendError, LimitExceededError */
  async request(
    { disks, groups, snapshotId }: { disks: readonly SnapshotOfDisk[]; groups: readonly SnapshotGroup[]; snapshotId: string },
    isFirst: boolean,
  ): Promise<SnapshotOfDisk[]> {
    const alone = disks.filter(({ volumeId }) => !groupOf(groups, volumeId));
    const [singles, ...members] = await allOf([
      this.single.request(alone, snapshotId, isFirst),
      ...gathered(groups).map((group) => this.requestGroup(group, disks, isFirst)),
    ]);
    return [...(singles ?? []), ...members.flat()];
  }

  /** Removes what was just asked for. @throws RetryLater until it is gone */
  async takeBack(disks: readonly SnapshotOfDisk[], groups: readonly SnapshotGroup[], ctx: StepContext): Promise<void> {
    await allOf(gathered(groups).map((group) => this.groups.ensureSnapshotGone(group)));
    const alone = disks.filter(({ volumeId }) => !groupOf(groups, volumeId));
    await this.single.takeBack(alone, ctx);
  }

  /**
   * Lets the volumes be what they were: one that is in a group can neither be removed nor change its type. The group itself stays as long as
   * its snapshot.
   * @throws RetryLater until all are out
   */
  async disperse(disks: readonly SnapshotOfDisk[], groups: readonly SnapshotGroup[]): Promise<void> {
    await allOf(groups.map((group) => (group.groupId === null ? this.groups.ensureGone(group) : this.groups.ensureVolumesOut(group))));
    const members = disks.filter(({ cinderGroupId }) => cinderGroupId !== null);
    await allOf(members.map((one) => this.snapshots.adopt(one, one.cinderSnapshotId!)));
  }

  /** Removes the groups. A request whose answer was lost may show its group late: it is looked for again after a while. @throws RetryLater */
  async remove(groups: readonly SnapshotGroup[], { signal }: StepContext): Promise<void> {
    await allOf(groups.map((group) => this.groups.ensureGone(group)));
    await allOf(groups.map((group) => this.groups.mend(group)));
    if (groups.every(({ groupId }) => groupId !== null)) return;
    await pause(GRACE_MS, undefined, { signal });
    await allOf(groups.map((group) => this.groups.ensureGone(group)));
  }

  private async gatherOne(group: SnapshotGroup, ctx: StepContext): Promise<SnapshotGroup> {
    try {
      return { ...group, groupId: await this.groups.ensureGathered(group, ctx) };
    } catch (error) {
      if (error instanceof RetryLater || !(error instanceof Error)) throw error;
      await this.groups.mend(group);
      return { ...group, refusal: error.message };
    }
  }

  private async requestGroup(group: Gathered, disks: readonly SnapshotOfDisk[], isFirst: boolean): Promise<SnapshotOfDisk[]> {
    const members = await this.groups.ensureSnapshot(group, group.groupId, isFirst);
    const own = disks.filter(({ volumeId }) => group.volumeIds.includes(volumeId));
    return own.map((one) => ({ ...one, cinderSnapshotId: members.get(one.volumeId) ?? null, cinderGroupId: group.groupId }));
  }
}

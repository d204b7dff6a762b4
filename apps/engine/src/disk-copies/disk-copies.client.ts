import type { Snapshot, Volume } from '@clinker/cinder';
import type { StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import type { VolumeSnapshotId } from '../disks/disk-snapshot.entity';
import { DiskVolumeClient, GRACE_MS } from '../disks/disk-volume.client';
import { VolumeSnapshotClient } from '../disks/volume-snapshot.client';
import { allOf } from '../sagas/all.of';
import { outside } from '../sagas/step.errors';
import type { Copying, DiskCopy } from './disk-copy';

/** The volumes of copied disks in Cinder, and the snapshots that they are made of. All disks of an operation go at once. */
@Injectable()
export class DiskCopiesClient {
  constructor(
    private readonly volumes: DiskVolumeClient,
    private readonly snapshots: VolumeSnapshotClient,
  ) {}

  /** Asks Cinder for a snapshot of each disk that is copied as it is now. @throws RetryLater, BackendError */
  async snapshotOrigins({ copies }: Copying, { isFirst }: StepContext): Promise<DiskCopy[]> {
    return allOf(copies.map(async (copy) => ({ ...copy, snapshotId: await this.snapshotOrigin(copy, isFirst) })));
  }

  /** Whether all snapshots of disks are there. @throws RetryLater, BackendError */
  async areSnapshotsMade({ copies }: Copying, ctx: StepContext): Promise<boolean> {
    const made = await allOf(
      copies.map(
        async ({ providerId, origin, snapshotId }) => !origin || !snapshotId || this.snapshots.isCreated(providerId, snapshotId, ctx),
      ),
    );
    return made.every(Boolean);
  }

  /** Deletes the snapshots that were only made for the copies. @throws RetryLater, BackendError */
  async removeSnapshots({ copies }: Copying, ctx: StepContext): Promise<void> {
    const temporary = copies.filter(({ origin }) => origin !== null);
    const find = (one: DiskCopy) => this.snapshots.find({ ...one, diskId: one.origin!.diskId, diskSnapshotId: one.origin!.markedAs });
    const isKnown = ({ snapshotId }: DiskCopy) => snapshotId !== null;
    const found = await this.ours<Snapshot>(temporary, find, isKnown, ctx);
    for (const [providerId, snapshots] of found) await this.snapshots.ensureGone(providerId, snapshots, ctx);
  }

  /** Asks Cinder for the volume of each copy. @throws RetryLater, BackendError */
  async requestVolumes({ copies }: Copying, { operationId, isFirst }: StepContext): Promise<DiskCopy[]> {
    return allOf(
      copies.map(async (copy) => {
        const source = copy.snapshotId === null ? undefined : { snapshotId: copy.snapshotId };
        return { ...copy, volumeId: await this.volumes.ensureRequested({ ...copy, source }, operationId, isFirst) };
      }),
    );
  }

  /** The copies, with what is known now of whether their volumes are there. @throws BackendError with Cinder's reason if one has failed */
  lookAtVolumes({ copies }: Copying, ctx: StepContext): Promise<DiskCopy[]> {
    return allOf(
      copies.map(async (copy) => {
        const { providerId, volumeId, isMade } = copy;
        return { ...copy, isMade: isMade || (volumeId !== null && (await this.volumes.isCreated(providerId, volumeId, ctx))) };
      }),
    );
  }

  /** Deletes the volumes of the copies, those of lost requests as well. @throws RetryLater, BackendError */
  async removeVolumes({ copies }: Copying, ctx: StepContext): Promise<void> {
    const find = (one: DiskCopy) => this.volumes.find(one, ctx.operationId);
    const found = await this.ours<Volume>(copies, find, ({ volumeId }) => volumeId !== null, ctx);
    for (const [providerId, volumes] of found) await this.volumes.ensureGone(providerId, volumes, ctx);
  }

  /** Deletes what lost requests of this operation have made beside its volumes. @throws RetryLater, BackendError */
  async removeSurplus({ copies }: Copying, ctx: StepContext): Promise<void> {
    const known = new Set<string>(copies.flatMap(({ volumeId }) => volumeId ?? []));
    for (const copy of copies) {
      const found = await outside('look for volumes of lost requests in Cinder', () => this.volumes.find(copy, ctx.operationId));
      const surplus = found.filter(({ id }) => !known.has(id));
      await this.volumes.ensureGone(copy.providerId, surplus, ctx);
    }
  }

  private async snapshotOrigin(copy: DiskCopy, isFirst: boolean): Promise<VolumeSnapshotId | null> {
    if (!copy.origin) return copy.snapshotId;
    const { diskId, volumeId, markedAs } = copy.origin;
    return this.snapshots.ensureRequested({ ...copy, diskId, volumeId, diskSnapshotId: markedAs }, isFirst);
  }

  /**
   * What Cinder has of these copies, by provider. A request whose answer was lost may show its effect late: what is not known and not found
   * is looked for again after a while.
   */
  private async ours<T>(
    copies: readonly DiskCopy[],
    find: (copy: DiskCopy) => Promise<T[]>,
    isKnown: (copy: DiskCopy) => boolean,
    { signal }: StepContext,
  ): Promise<Map<string, T[]>> {
    const look = async () => {
      const found = new Map<string, T[]>();
      await allOf(
        copies.map(async (copy) => {
          const some = await outside('look at what Cinder has of the copies', () => find(copy));
          found.set(copy.providerId, [...(found.get(copy.providerId) ?? []), ...some]);
        }),
      );
      return found;
    };
    const found = await look();
    if ([...found.values()].some((some) => some.length > 0) || copies.every(isKnown)) return found;
    await pause(GRACE_MS, undefined, { signal });
    return look();
  }
}

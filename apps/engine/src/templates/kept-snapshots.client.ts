import type { StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import type { DiskSnapshotId, VolumeSnapshotId } from '../disks/disk-snapshot.entity';
import { type DiskPlace, GRACE_MS } from '../disks/disk-volume.client';
import type { DiskId, VolumeId } from '../disks/disk.entity';
import { VolumeSnapshotClient } from '../disks/volume-snapshot.client';
import { allOf } from '../sagas/all.of';
import { outside } from '../sagas/step.errors';

/** A disk of a template. */
export interface TemplateVolume extends DiskPlace {
  readonly name: string;
  readonly volumeId: VolumeId | null;
}

/** Which snapshot is kept of a disk. */
export interface KeptSnapshot {
  readonly diskId: DiskId;
  readonly providerId: string;
  readonly snapshotId: VolumeSnapshotId;
}

/** A template's disk has one snapshot, so it carries the disk's own id as its mark. */
const markOf = (diskId: DiskId): DiskSnapshotId => diskId as string as DiskSnapshotId;

/** The snapshots in Cinder that are kept of the disks of templates: VMs are made of them, which is fast. */
@Injectable()
export class KeptSnapshotsClient {
  constructor(private readonly snapshots: VolumeSnapshotClient) {}

  /** Asks Cinder for a snapshot of each disk, all at once. @throws RetryLater, BackendError */
  request(disks: readonly TemplateVolume[], { isFirst }: StepContext): Promise<KeptSnapshot[]> {
    return allOf(
      disks.map(async ({ diskId, providerId, name, volumeId }) => {
        const wanted = { diskId, providerId, name, volumeId: volumeId!, diskSnapshotId: markOf(diskId) };
        return { diskId, providerId, snapshotId: await this.snapshots.ensureRequested(wanted, isFirst) };
      }),
    );
  }

  /** Whether all are there. @throws RetryLater, BackendError with Cinder's reason if one has failed */
  async areMade(kept: readonly KeptSnapshot[], ctx: StepContext): Promise<boolean> {
    const made = await allOf(kept.map(({ providerId, snapshotId }) => this.snapshots.isCreated(providerId, snapshotId, ctx)));
    return made.every(Boolean);
  }

  /**
   * Deletes them. A request whose answer was lost may show its effect late: then it is looked for again after a while.
   * @param areKnown that the ids of all were told by Cinder
   * @throws RetryLater, BackendError if Cinder keeps one, because volumes depend on it
   */
  async remove(disks: readonly DiskPlace[], areKnown: boolean, ctx: StepContext): Promise<void> {
    if (disks.length === 0) return;
    const found = await this.find(disks);
    if (!areKnown && found.every(({ snapshots }) => snapshots.length === 0)) {
      await pause(GRACE_MS, undefined, { signal: ctx.signal });
      found.push(...(await this.find(disks)));
    }
    for (const { providerId, snapshots } of found) await this.snapshots.ensureGone(providerId, snapshots, ctx);
  }

  private find(disks: readonly DiskPlace[]) {
    return allOf(
      disks.map(async ({ providerId, diskId }) => ({
        providerId,
        snapshots: await outside('look for the snapshots of the template in Cinder', () => this.snapshots.find({ providerId, diskId })),
      })),
    );
  }
}

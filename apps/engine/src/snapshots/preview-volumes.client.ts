import type { StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { DiskVolumeClient, GRACE_MS } from '../disks/disk-volume.client';
import { diskIdSchema, diskSnapshotIdSchema, volumeIdSchema, volumeSnapshotIdSchema } from '../disks/disk.ids';
import { outside } from '../sagas/step.errors';

/** A volume that is made of a disk's snapshot, as it stands in the state of sagas. */
export const volumeOfSnapshotSchema = z.object({
  diskId: diskIdSchema,
  providerId: z.string(),
  name: z.string(),
  sizeGiB: z.int().positive(),
  diskSnapshotId: diskSnapshotIdSchema,
  cinderSnapshotId: volumeSnapshotIdSchema,
  volumeId: volumeIdSchema.nullable(),
});
export type VolumeOfSnapshot = z.output<typeof volumeOfSnapshotSchema>;

/** Volumes that one operation makes of snapshots, all at once. Every method may be repeated. */
@Injectable()
export class PreviewVolumesClient {
  constructor(private readonly volumes: DiskVolumeClient) {}

  /** @param isFirst that there was no earlier attempt @throws RetryLater, BackendError */
  async request(wanted: readonly VolumeOfSnapshot[], operationId: string, isFirst: boolean): Promise<VolumeOfSnapshot[]> {
    const asked = wanted.map((one) => this.volumes.ensureRequested(wantedVolume(one), operationId, isFirst));
    const results = await Promise.allSettled(asked);
    return wanted.map((one, index) => ({ ...one, volumeId: fulfilled(results[index]!) }));
  }

  /** @throws BackendError with Cinder's reason if one has failed */
  async areMade(wanted: readonly VolumeOfSnapshot[], ctx: StepContext): Promise<boolean> {
    const asked = wanted.flatMap(({ providerId, volumeId }) => (volumeId === null ? [] : { providerId, volumeId }));
    return (await this.volumes.areCreated(asked, ctx)) && asked.length === wanted.length;
  }

  /** Deletes what the operation has made. A request whose answer was lost may show its volume late: it is looked for again after a while. */
  async takeBack(wanted: readonly VolumeOfSnapshot[], ctx: StepContext): Promise<void> {
    await this.ensureGone(wanted, ctx, () => true);
    if (wanted.every(({ volumeId }) => volumeId !== null)) return;
    await pause(GRACE_MS, undefined, { signal: ctx.signal });
    await this.ensureGone(wanted, ctx, () => true);
  }

  /** Deletes what lost requests have made. */
  removeSurplus(wanted: readonly VolumeOfSnapshot[], ctx: StepContext): Promise<void> {
    return this.ensureGone(wanted, ctx, (id) => !wanted.some(({ volumeId }) => volumeId === id));
  }

  private async ensureGone(wanted: readonly VolumeOfSnapshot[], ctx: StepContext, isSurplus: (id: string) => boolean): Promise<void> {
    for (const one of wanted) {
      const found = await outside('look for volumes in Cinder', () => this.volumes.find(one, ctx.operationId));
      const surplus = found.filter(({ id }) => isSurplus(id));
      await this.volumes.ensureGone(one.providerId, surplus, ctx);
    }
  }
}

const wantedVolume = ({ cinderSnapshotId, ...one }: VolumeOfSnapshot) => ({
  ...one,
  volumeType: null,
  source: { snapshotId: cinderSnapshotId },
});

function fulfilled<T>(result: PromiseSettledResult<T>): T {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

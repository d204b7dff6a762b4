import { volumeState } from '@clinker/cinder';
import type { StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { CinderClients } from '../cinder/cinder.clients';
import { BackendError } from '../errors/domain.errors';
import { outside } from '../sagas/step.errors';
import { DiskVolumeClient } from './disk-volume.client';
import { type PlacedVolume, VolumeWorkClient, isPending } from './volume-work.client';

/** The sizes of disks' volumes in Cinder. Everything may be repeated; volumes without this disk's mark are never touched. */
@Injectable()
export class VolumeSizeClient {
  constructor(
    private readonly clients: CinderClients,
    private readonly volumes: DiskVolumeClient,
    private readonly work: VolumeWorkClient,
  ) {}

  /** Asks Cinder to extend the volume, unless it does so already or the volume is large enough. @throws RetryLater, BackendError */
  async ensureExtending(at: PlacedVolume, sizeGiB: number): Promise<void> {
    await outside('extend the volume in Cinder', async () => {
      const volume = await this.work.present(at);
      if (volume.sizeGiB >= sizeGiB || volume.status === 'extending') return;
      this.work.requireIdle(volume);
      if (volumeState(volume.status) === 'error') throw new BackendError(`The volume ${volume.id} is ${volume.status} in Cinder.`);
      await (await this.clients.client(at.providerId)).extendVolume(at.volumeId, sizeGiB);
    });
  }

  /**
   * The volume's size (GiB) when Cinder has extended it, undefined as long as it works on it. Wakes the operation when there are news.
   * @throws RetryLater while Cinder does not answer, BackendError with Cinder's reason if it has failed
   */
  async extended(at: PlacedVolume, sizeGiB: number, ctx: StepContext): Promise<number | undefined> {
    const volume = await outside('look at the volume in Cinder', () => this.work.ended(at, ctx));
    if (volume === undefined || volume.sizeGiB >= sizeGiB) return volume?.sizeGiB;
    if (isPending(volume)) throw new BackendError('Cinder has accepted to extend the volume, and nobody there has begun with it.');
    throw new BackendError(`Cinder could not extend the volume: ${await this.volumes.reason(at.providerId, at.volumeId)}`);
  }

  /**
   * The volume's size (GiB) after Cinder has ended its work on it, whatever came of it; null if the volume is gone. What Cinder has begun to
   * extend cannot be called back.
   * @throws RetryLater while Cinder works on it, BackendError
   */
  async settled(at: PlacedVolume, ctx: StepContext): Promise<number | null> {
    const volume = await outside('settle the size of the volume in Cinder', () => this.work.settled(at, ctx));
    return volume?.sizeGiB ?? null;
  }
}

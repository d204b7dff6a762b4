import { type CinderClient, type Volume, isCinderError, volumeState } from '@clinker/cinder';
import { RetryLater, type StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { CinderClients } from '../cinder/cinder.clients';
import { BackendError } from '../errors/domain.errors';
import { outside } from '../sagas/step.errors';
import { CinderPatience } from './cinder.patience';
import { DiskVolumeClient, type DiskPlace } from './disk-volume.client';
import type { VolumeId } from './disk.entity';
import { PendingVolumesClient } from './pending-volumes.client';

/** The volume that a disk has now. */
export interface PlacedVolume extends DiskPlace {
  readonly volumeId: VolumeId;
}

/** How often (ms) Cinder is asked for a volume that it works on, if the watcher says nothing. */
const LOOK_MS = 5_000;

const isPending = ({ status }: Volume): boolean => ['pending', 'unknown'].includes(volumeState(status));

/** The sizes of disks' volumes in Cinder. Everything may be repeated; volumes without this disk's mark are never touched. */
@Injectable()
export class VolumeSizeClient {
  constructor(
    private readonly clients: CinderClients,
    private readonly volumes: DiskVolumeClient,
    private readonly pending: PendingVolumesClient,
    private readonly patience: CinderPatience,
  ) {}

  /** Asks Cinder to extend the volume, unless it does so already or the volume is large enough. @throws RetryLater, BackendError */
  async ensureExtending(at: PlacedVolume, sizeGiB: number): Promise<void> {
    await outside('extend the volume in Cinder', async () => {
      const volume = await this.present(at);
      if (volume.sizeGiB >= sizeGiB || volume.status === 'extending') return;
      if (isPending(volume)) throw new RetryLater(`The volume ${volume.id} is ${volume.status} in Cinder`, { afterMs: LOOK_MS });
      if (volumeState(volume.status) === 'error') throw new BackendError(`The volume ${volume.id} is ${volume.status} in Cinder.`);
      await (await this.clients.client(at.providerId)).extendVolume(at.volumeId, sizeGiB);
    });
  }

  /**
   * The volume's size (GiB) when Cinder has extended it, undefined as long as it works on it. Wakes the operation when there are news.
   * @throws RetryLater while Cinder does not answer, BackendError with Cinder's reason if it has failed
   */
  async extended(at: PlacedVolume, sizeGiB: number, ctx: StepContext): Promise<number | undefined> {
    const heard = await this.pending.look(at.providerId, at.volumeId, () => ctx.wakeUp());
    if (heard && this.isLost(heard))
      throw new BackendError('Cinder has accepted to extend the volume, and nobody there has begun with it.');
    if (heard === undefined || (heard && isPending(heard))) {
      this.pending.admitSilence(at.volumeId);
      return undefined;
    }
    this.pending.forget(at.volumeId);
    const volume = await outside('look at the volume in Cinder', () => this.present(at));
    if (isPending(volume)) return undefined;
    if (volume.sizeGiB >= sizeGiB) return volume.sizeGiB;
    throw new BackendError(`Cinder could not extend the volume: ${await this.volumes.reason(at.providerId, at.volumeId)}`);
  }

  /**
   * The volume's size (GiB) after Cinder has ended its work on it, whatever came of it; null if the volume is gone. What Cinder has begun to
   * extend cannot be called back. A volume whose extension failed or was lost is made usable again: its data are as they were.
   * @throws RetryLater while Cinder works on it, BackendError
   */
  async settled(at: PlacedVolume, ctx: StepContext): Promise<number | null> {
    return outside('settle the size of the volume in Cinder', async () => {
      const volume = await this.volumes.own(at, at.volumeId);
      if (!volume) return null;
      const isLost = this.isLost(volume);
      if (isPending(volume) && !isLost) {
        await this.pending.look(at.providerId, at.volumeId, () => ctx.wakeUp());
        throw new RetryLater(`The volume ${volume.id} is ${volume.status} in Cinder`, { afterMs: LOOK_MS });
      }
      this.pending.forget(at.volumeId);
      if (isLost || volume.status === 'error_extending') await this.makeUsable(await this.clients.client(at.providerId), volume);
      return volume.sizeGiB;
    });
  }

  private async present(at: PlacedVolume): Promise<Volume> {
    const volume = await this.volumes.own(at, at.volumeId);
    if (!volume) throw new BackendError(`The volume ${at.volumeId} is not in Cinder any more.`);
    return volume;
  }

  private isLost(volume: Volume): boolean {
    return volume.status === 'extending' && this.patience.isOver(volume);
  }

  private async makeUsable(client: CinderClient, { id, status, attachments }: Volume): Promise<void> {
    try {
      await client.resetVolumeStatus(id, attachments.length > 0 ? 'in-use' : 'available');
    } catch (cause) {
      if (!isCinderError(cause, 'forbidden')) throw cause;
      const remedy = `reset its status in Cinder to ${attachments.length > 0 ? 'in-use' : 'available'}`;
      throw new BackendError(`The volume ${id} is ${status}, and only an administrator of Cinder can ${remedy}.`, { cause });
    }
  }
}

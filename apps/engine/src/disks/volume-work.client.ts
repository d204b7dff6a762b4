import { type Volume, isCinderError, volumeState } from '@clinker/cinder';
import { RetryLater, type StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { CinderClients } from '../cinder/cinder.clients';
import { BackendError } from '../errors/domain.errors';
import { CinderPatience } from './cinder.patience';
import { type DiskPlace, DiskVolumeClient } from './disk-volume.client';
import type { VolumeId } from './disk.entity';
import { PendingVolumesClient } from './pending-volumes.client';

/** The volume that a disk has now. */
export interface PlacedVolume extends DiskPlace {
  readonly volumeId: VolumeId;
}

/** How often (ms) Cinder is asked for a volume that it works on, if the watcher says nothing. */
const LOOK_MS = 5_000;

export const isPending = ({ status }: Volume): boolean => ['pending', 'unknown'].includes(volumeState(status));

/** Changes of volumes that Cinder makes in the background. Everything may be repeated; volumes without the disk's mark are never touched. */
@Injectable()
export class VolumeWorkClient {
  constructor(
    private readonly clients: CinderClients,
    private readonly volumes: DiskVolumeClient,
    private readonly pending: PendingVolumesClient,
    private readonly patience: CinderPatience,
  ) {}

  /** Nothing new is asked of a volume that Cinder works on. @throws RetryLater */
  requireIdle(volume: Volume): void {
    if (isPending(volume)) throw this.busy(volume);
  }

  /** @throws CinderError, BackendError if there is no such volume */
  async present(at: PlacedVolume): Promise<Volume> {
    const volume = await this.volumes.own(at, at.volumeId);
    if (!volume) throw new BackendError(`The volume ${at.volumeId} is not in Cinder any more.`);
    return volume;
  }

  /**
   * The volume when Cinder has ended its work on it, or has lost it: then it still shows the work. Undefined as long as Cinder works. Wakes the
   * operation when there are news.
   * @throws RetryLater while Cinder does not answer, CinderError, BackendError
   */
  async ended(at: PlacedVolume, ctx: StepContext): Promise<Volume | undefined> {
    const heard = await this.pending.look(at.providerId, at.volumeId, () => ctx.wakeUp());
    if (heard && this.isLost(heard)) return heard;
    if (heard === undefined || (heard && isPending(heard))) {
      this.pending.admitSilence(at.volumeId);
      return undefined;
    }
    this.pending.forget(at.volumeId);
    const volume = await this.present(at);
    return isPending(volume) ? undefined : volume;
  }

  /**
   * The volume after Cinder has ended its work on it, whatever came of it; null if the volume is gone. One whose change has failed or was lost
   * is made usable again: its data are as they were.
   * @throws RetryLater while Cinder works on it, CinderError, BackendError
   */
  async settled(at: PlacedVolume, ctx: StepContext): Promise<Volume | null> {
    const volume = await this.volumes.own(at, at.volumeId);
    if (!volume) return null;
    const isLost = this.isLost(volume);
    if (isPending(volume) && !isLost) {
      await this.pending.look(at.providerId, at.volumeId, () => ctx.wakeUp());
      throw this.busy(volume);
    }
    this.pending.forget(at.volumeId);
    if (isLost || volume.status === 'error_extending') await this.makeUsable(at.providerId, volume);
    return volume;
  }

  private busy({ id, status }: Volume): RetryLater {
    return new RetryLater(`The volume ${id} is ${status} in Cinder`, { afterMs: LOOK_MS });
  }

  private isLost(volume: Volume): boolean {
    return this.patience.isOver(volume, 'extending', 'retyping');
  }

  private async makeUsable(providerId: string, { id, status, attachments }: Volume): Promise<void> {
    const usable = attachments.length > 0 ? 'in-use' : 'available';
    try {
      await (await this.clients.client(providerId)).resetVolumeStatus(id, usable);
    } catch (cause) {
      if (!isCinderError(cause, 'forbidden')) throw cause;
      const remedy = `reset its status in Cinder to ${usable}`;
      throw new BackendError(`The volume ${id} is ${status}, and only an administrator of Cinder can ${remedy}.`, { cause });
    }
  }
}

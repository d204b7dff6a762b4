import { isCinderError } from '@clinker/cinder';
import type { StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { CinderClients } from '../cinder/cinder.clients';
import { type PlacedVolume, VolumeWorkClient } from '../disks/volume-work.client';
import { outside } from '../sagas/step.errors';

/** Changes the types of volumes where their storage can do so in place. Everything may be repeated. */
@Injectable()
export class VolumeTypeClient {
  constructor(
    private readonly clients: CinderClients,
    private readonly work: VolumeWorkClient,
  ) {}

  /**
   * Asks Cinder to change the type without moving any data, unless it does so already.
   * @returns false if Cinder refuses
   * @throws RetryLater, LimitExceededError, BackendError
   */
  async ensureRetyping(at: PlacedVolume, volumeType: string): Promise<boolean> {
    return outside('change the type of the volume in Cinder', async () => {
      const volume = await this.work.present(at);
      if (volume.volumeType === volumeType || volume.status === 'retyping') return true;
      this.work.requireIdle(volume);
      return this.ask(at, volumeType);
    });
  }

  /**
   * Whether the volume has the type now: false if Cinder could not change it in place, undefined as long as it works on it.
   * @throws RetryLater, BackendError
   */
  async isRetyped(at: PlacedVolume, volumeType: string, ctx: StepContext): Promise<boolean | undefined> {
    return outside('look at the volume in Cinder', async () => {
      const volume = await this.work.ended(at, ctx);
      if (volume?.status === 'retyping') await this.work.settled(at, ctx);
      return volume && volume.volumeType === volumeType;
    });
  }

  /** The type that the volume has after Cinder has ended its work on it; undefined if the volume is gone. @throws RetryLater, BackendError */
  async settled(at: PlacedVolume, ctx: StepContext): Promise<string | null | undefined> {
    const volume = await outside('settle the type of the volume in Cinder', () => this.work.settled(at, ctx));
    return volume?.volumeType;
  }

  private async ask({ providerId, volumeId }: PlacedVolume, volumeType: string): Promise<boolean> {
    const client = await this.clients.client(providerId);
    try {
      await client.retypeVolume(volumeId, volumeType);
      return true;
    } catch (error) {
      if (isCinderError(error, 'bad_request', 'conflict', 'forbidden')) return false;
      throw error;
    }
  }
}

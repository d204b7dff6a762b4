import type { Volume, VolumeListener } from '@clinker/cinder';
import { Injectable } from '@nestjs/common';
import { CinderClients } from '../cinder/cinder.clients';

interface Pending {
  readonly since: number;
  readonly stop: () => void;
  heard: Heard;
  onNews: VolumeListener;
}

/** The volume as it was last seen; null if it is gone, undefined if nothing was heard of it yet. */
export type Heard = Volume | null | undefined;

/** A watch is renewed after this time (ms): its provider may have another client by then, or nobody may ask any more. */
const MAX_AGE_MS = 60_000;

/** What operations wait for in Cinder, by the providers' shared watchers. */
@Injectable()
export class PendingVolumesClient {
  private readonly pending = new Map<string, Pending>();

  constructor(private readonly clients: CinderClients) {}

  /** What was last heard of the volume. From now on `onNews` is told of every change, instead of who was told before. Asks nothing itself. */
  async look(providerId: string, volumeId: string, onNews: VolumeListener): Promise<Heard> {
    this.dropOld();
    const known = this.pending.get(volumeId) ?? (await this.watch(providerId, volumeId));
    known.onNews = onNews;
    return known.heard;
  }

  /** Nobody waits for this volume any more. */
  forget(volumeId: string): void {
    this.pending.get(volumeId)?.stop();
    this.pending.delete(volumeId);
  }

  private async watch(providerId: string, volumeId: string): Promise<Pending> {
    const watcher = await this.clients.watcher(providerId);
    const stop = watcher.watch(volumeId, (volume) => this.hear(volumeId, volume));
    const pending: Pending = { since: Date.now(), stop, heard: undefined, onNews: () => undefined };
    this.pending.set(volumeId, pending);
    return pending;
  }

  private hear(volumeId: string, volume: Volume | null): void {
    const pending = this.pending.get(volumeId);
    if (!pending) return;
    pending.heard = volume;
    pending.onNews(volume);
  }

  private dropOld(): void {
    const longAgo = Date.now() - MAX_AGE_MS;
    for (const [volumeId, { since }] of this.pending) if (since < longAgo) this.forget(volumeId);
  }
}

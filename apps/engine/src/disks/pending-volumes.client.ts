import type { Volume, VolumeListener, VolumeWatcher } from '@clinker/cinder';
import { RetryLater } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { CinderClients } from '../cinder/cinder.clients';

interface Pending {
  readonly watcher: VolumeWatcher;
  readonly since: number;
  readonly stop: () => void;
  heard: Heard;
  onNews: VolumeListener;
}

/** The volume as it was last seen; null if it is gone, undefined if nothing was heard of it yet. */
export type Heard = Volume | null | undefined;

/** How long (ms) until Cinder is asked again for the reason that nothing is heard of it. */
const LOOK_MS = 5_000;

/** A watch is renewed after this time (ms): nobody may ask any more. */
const MAX_AGE_MS = 60_000;

/** What operations wait for in Cinder, by the providers' shared watchers. */
@Injectable()
export class PendingVolumesClient {
  private readonly pending = new Map<string, Pending>();

  constructor(private readonly clients: CinderClients) {}

  /** What was last heard of the volume; of a provider whose account has changed, by its new watcher. From now on `onNews` is told of every change, instead of who was told before. Asks nothing itself. */
  async look(providerId: string, volumeId: string, onNews: VolumeListener): Promise<Heard> {
    this.dropOld();
    const watcher = await this.clients.watcher(providerId);
    if (this.pending.get(volumeId)?.watcher !== watcher) this.forget(volumeId);
    const known = this.pending.get(volumeId) ?? this.watch(watcher, volumeId);
    known.onNews = onNews;
    return known.heard;
  }

  /** For those who have to wait on. @throws RetryLater that says why nothing can be heard of this volume, if Cinder does not answer */
  admitSilence(volumeId: string): void {
    const cause = this.pending.get(volumeId)?.watcher.failure;
    if (cause) throw new RetryLater(`Could not look at the volume in Cinder: ${cause.message}`, { cause, afterMs: LOOK_MS });
  }

  /** Nobody waits for this volume any more. */
  forget(volumeId: string): void {
    this.pending.get(volumeId)?.stop();
    this.pending.delete(volumeId);
  }

  private watch(watcher: VolumeWatcher, volumeId: string): Pending {
    const stop = watcher.watch(volumeId, (volume) => this.hear(volumeId, volume));
    const pending: Pending = { watcher, since: Date.now(), stop, heard: undefined, onNews: () => undefined };
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

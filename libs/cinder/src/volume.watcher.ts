import { isCinderError } from './cinder.error';
import type { CinderReader } from './cinder.reader';
import type { Volume } from './cinder.schemas';
import { PollInterval } from './poll.interval';

export interface VolumeWatcherOptions {
  /** The wait before the first look after a new watch or a change, in ms. Default 20. */
  firstIntervalMs?: number;
  /** The longest wait while nothing changes, in ms. Default 1,000. */
  maxIntervalMs?: number;
  /** The longest wait while Cinder fails, in ms. Default 10,000. */
  maxFailingIntervalMs?: number;
  /** By how much the clocks of Cinder's services may differ without a change being seen late, in ms. Default 5,000. */
  overlapMs?: number;
  /** A volume of which nothing was heard for so long is asked for by itself, in ms. Default 15,000. */
  lookAgainMs?: number;
  /** Told about every failed look and every listener that threw. Default: nobody. */
  onError?: (error: unknown) => void;
}

/** Gets a volume as it is now, or null when it is gone (nothing more comes then). */
export type VolumeListener = (volume: Volume | null) => void;

interface Listener {
  call: VolumeListener;
  /** Looks that began before the listener was there do not count for it. */
  ready: boolean;
  informed: boolean;
}

interface Watch {
  listeners: Set<Listener>;
  last: Volume | undefined;
  lookedAt: number;
}

const DEFAULTS = { firstIntervalMs: 20, maxIntervalMs: 1_000, maxFailingIntervalMs: 10_000, overlapMs: 5_000, lookAgainMs: 15_000 };
/** Single volumes asked for at a time. */
const PARALLEL_LOOKS = 4;
const DELETING = 'deleting';

/**
 * Answers "has this volume changed?" for all volumes of a provider that anybody waits for, usually with one request a look:
 * a list of what changed lately, and while deletions are pending a list of what is being deleted, for the deleted are in no list.
 * A single volume is asked for by itself: when it is the only one, when it was never seen, left the list of deletions, or was long silent.
 * An error is never a change. Nothing runs while nothing is watched, and nothing here keeps the process alive.
 */
export class VolumeWatcher {
  readonly #reader: CinderReader;
  readonly #options: Required<VolumeWatcherOptions>;
  readonly #interval: PollInterval;
  readonly #watches = new Map<string, Watch>();
  #timer: NodeJS.Timeout | undefined;
  #dueAt = 0;
  #looking = false;
  #failure: Error | undefined;
  /** By Cinder's clock: everything that changed before was seen. */
  #cursor: Date | undefined;

  constructor(reader: CinderReader, options: VolumeWatcherOptions = {}) {
    this.#reader = reader;
    this.#options = { ...DEFAULTS, onError: () => undefined, ...options };
    const { firstIntervalMs: firstMs, maxIntervalMs: maxMs, maxFailingIntervalMs: maxFailingMs } = this.#options;
    this.#interval = new PollInterval({ firstMs, maxMs, maxFailingMs });
  }

  /** Why the last look has failed; undefined if it has not. Looking goes on. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** How many volumes are watched. */
  get size(): number {
    return this.#watches.size;
  }

  /**
   * Calls `onChange` soon with the volume as it is, then at each change, until the returned function is called or the volume is gone.
   * What `onChange` first gets was looked up after this call.
   */
  watch(volumeId: string, onChange: VolumeListener): () => void {
    const watch: Watch = this.#watches.get(volumeId) ?? { listeners: new Set(), last: undefined, lookedAt: 0 };
    const listener: Listener = { call: onChange, ready: false, informed: false };
    watch.listeners.add(listener);
    this.#watches.set(volumeId, watch);
    this.#interval.restart();
    this.#schedule();
    return () => this.#forget(volumeId, watch, listener);
  }

  /** Forgets all watches; nobody is told anything any more. */
  close(): void {
    this.#watches.clear();
    this.#stopTimer();
  }

  #forget(volumeId: string, watch: Watch, listener: Listener): void {
    watch.listeners.delete(listener);
    if (watch.listeners.size > 0 || this.#watches.get(volumeId) !== watch) return;
    this.#watches.delete(volumeId);
    if (this.#watches.size === 0) this.#stopTimer();
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#cursor = undefined;
    this.#failure = undefined;
  }

  /** An earlier appointment is kept: new watches must not put off the look for ever. While Cinder fails, they do not hurry it either. */
  #schedule(): void {
    if (this.#looking || this.#watches.size === 0) return;
    const dueAt = Date.now() + this.#interval.next();
    if (this.#timer !== undefined && (this.#dueAt <= dueAt || this.#interval.failing)) return;
    clearTimeout(this.#timer);
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => void this.#look(), dueAt - Date.now()).unref();
  }

  async #look(): Promise<void> {
    this.#timer = undefined;
    this.#looking = true;
    this.#watches.forEach((watch) => watch.listeners.forEach((listener) => (listener.ready = true)));
    const began = performance.now();
    const isList = this.#watches.size > 1;
    try {
      const changed = await this.#lookAtAll();
      this.#interval.succeeded(changed, isList ? performance.now() - began : 0);
      this.#failure = undefined;
    } catch (error) {
      this.#interval.failed();
      this.#failure = error instanceof Error ? error : new Error(String(error));
      this.#options.onError(error);
    }
    this.#looking = false;
    this.#schedule();
  }

  /** True if anything changed. */
  async #lookAtAll(): Promise<boolean> {
    const start = this.#reader.serverTime();
    const [only, ...more] = this.#watches.keys();
    const changed = only !== undefined && more.length === 0 ? await this.#lookAt(only) : await this.#lookAtList(start);
    this.#cursor = start;
    return changed;
  }

  async #lookAtList(start: Date): Promise<boolean> {
    const since = new Date((this.#cursor ?? start).getTime() - this.#options.overlapMs);
    const news = [await this.#lookAtChanges(since), await this.#lookAtNewcomers(since)];
    const doubtful = new Set([...(await this.#leftDeletion()), ...this.#unheard()]);
    return (await this.#lookAtEach([...doubtful])) || news.includes(true);
  }

  /** Volumes that are being deleted change no more until they are gone: if there is nothing else, this list is not needed. */
  async #lookAtChanges(since: Date): Promise<boolean> {
    if (![...this.#watches.values()].some((watch) => watch.last?.status !== DELETING)) return false;
    return this.#reportAll(await this.#reader.volumesChangedSince(since));
  }

  /** A volume just created was never changed, and several of them are one question. */
  async #lookAtNewcomers(since: Date): Promise<boolean> {
    const unseen = [...this.#watches.values()].filter((watch) => watch.last === undefined);
    return unseen.length > 1 && this.#reportAll(await this.#reader.volumesCreatedSince(since));
  }

  async #leftDeletion(): Promise<string[]> {
    const deleting = [...this.#watches].filter(([, watch]) => watch.last?.status === DELETING).map(([id]) => id);
    if (deleting.length === 0) return [];
    const still = new Set(await this.#reader.findVolumeIds({ status: DELETING }));
    return deleting.filter((id) => !still.has(id));
  }

  /** Never seen since somebody waits, or silent for long: no filter by time finds a change that a clock behind dated too early. */
  #unheard(): string[] {
    const longAgo = Date.now() - this.#options.lookAgainMs;
    const unheard = [...this.#watches].filter(([, watch]) => watch.lookedAt < longAgo || [...watch.listeners].some(isWaiting));
    return unheard.map(([id]) => id);
  }

  async #lookAtEach(ids: string[]): Promise<boolean> {
    const queue = [...ids];
    let changed = false;
    const worker = async (): Promise<void> => {
      for (let id = queue.shift(); id !== undefined; id = queue.shift()) {
        changed = (await this.#lookAt(id).catch((error: unknown) => this.#excuse(error))) || changed;
      }
    };
    await Promise.all(Array.from({ length: Math.min(PARALLEL_LOOKS, queue.length) }, worker));
    return changed;
  }

  /** One volume that cannot be read must not slow down the looks at the others. */
  #excuse(error: unknown): false {
    this.#options.onError(error);
    return false;
  }

  async #lookAt(id: string): Promise<boolean> {
    try {
      return this.#report(id, await this.#reader.volume(id));
    } catch (error) {
      if (!isCinderError(error, 'not_found')) throw error;
      return this.#report(id, null);
    }
  }

  #reportAll(volumes: readonly Volume[]): boolean {
    return volumes.map((volume) => this.#report(volume.id, volume)).includes(true);
  }

  /** Tells whom it concerns; true if it is news. */
  #report(id: string, volume: Volume | null): boolean {
    const watch = this.#watches.get(id);
    if (watch === undefined) return false;
    const isNews = JSON.stringify(watch.last) !== JSON.stringify(volume);
    watch.lookedAt = Date.now();
    watch.last = volume ?? undefined;
    if (volume === null) this.#watches.delete(id);
    const concerned = (listener: Listener): boolean => volume === null || (listener.ready && (isNews || !listener.informed));
    const audience = [...watch.listeners].filter(concerned);
    audience.forEach((listener) => this.#tell(listener, volume));
    return isNews;
  }

  #tell(listener: Listener, volume: Volume | null): void {
    listener.informed = true;
    try {
      listener.call(volume);
    } catch (error) {
      this.#options.onError(error);
    }
  }
}

function isWaiting(listener: Listener): boolean {
  return listener.ready && !listener.informed;
}

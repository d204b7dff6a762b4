import { type CinderReader, PollInterval } from '@clinker/cinder';
import { Injectable } from '@nestjs/common';
import { CinderReaders } from '../cinder/cinder.readers';
import { allOf } from '../sagas/all.of';
import type { VolumeSnapshotId } from './disk-snapshot.entity';

/** What Cinder does with a snapshot while somebody waits. */
export type SnapshotWork = 'creating' | 'deleting';

interface Wait {
  readonly work: SnapshotWork;
  onSettled: () => void;
}

/** Between two looks (ms): a snapshot takes Ceph half a second. */
const LOOKS = { firstMs: 50, maxMs: 3_000, maxFailingMs: 10_000 };

/** One provider's snapshots that somebody waits for. */
class SnapshotWatch {
  private readonly waits = new Map<VolumeSnapshotId, Wait>();
  private readonly interval = new PollInterval(LOOKS);
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly reader: () => Promise<CinderReader>) {}

  add(id: VolumeSnapshotId, wait: Wait): void {
    if (!this.waits.has(id)) this.interval.restart();
    this.waits.set(id, wait);
    if (this.timer === undefined) this.schedule();
  }

  private schedule(): void {
    this.timer = setTimeout(() => void this.look(), this.interval.next()).unref();
  }

  private async look(): Promise<void> {
    for (const [id, { onSettled }] of await this.news()) {
      this.waits.delete(id);
      onSettled();
    }
    this.timer = undefined;
    if (this.waits.size > 0) this.schedule();
  }

  private async news(): Promise<[VolumeSnapshotId, Wait][]> {
    const began = performance.now();
    try {
      const settled = await this.settled();
      this.interval.succeeded(settled.length > 0, performance.now() - began);
      return settled;
    } catch {
      this.interval.failed();
      return [];
    }
  }

  /** What is in no list of Cinder's work any more. */
  private async settled(): Promise<[VolumeSnapshotId, Wait][]> {
    const asked = [...this.waits];
    const works = [...new Set(asked.map(([, { work }]) => work))];
    const reader = await this.reader();
    const busy = await allOf(works.map((status) => reader.findSnapshots({ status })));
    const ids = new Set(busy.flat().map(({ id }) => id));
    return asked.filter(([id]) => !ids.has(id));
  }
}

/** Wakes those who wait for snapshots in Cinder: however many wait, each look costs a provider one list of what it makes or deletes now. */
@Injectable()
export class PendingSnapshotsClient {
  private readonly watches = new Map<string, SnapshotWatch>();

  constructor(private readonly readers: CinderReaders) {}

  /** Calls `onSettled` once, when Cinder no longer does this work. A wait of before for the same snapshot is replaced. */
  watch(providerId: string, id: VolumeSnapshotId, work: SnapshotWork, onSettled: () => void): void {
    const watch = this.watches.get(providerId) ?? new SnapshotWatch(() => this.readers.reader(providerId));
    this.watches.set(providerId, watch);
    watch.add(id, { work, onSettled });
  }
}

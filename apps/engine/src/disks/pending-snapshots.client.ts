import type { CinderReader } from '@clinker/cinder';
import { Injectable } from '@nestjs/common';
import { CinderReaders } from '../cinder/cinder.readers';
import type { VolumeSnapshotId } from './disk-snapshot.entity';

/** What Cinder does with a snapshot while somebody waits. */
export type SnapshotWork = 'creating' | 'deleting';

interface Wait {
  readonly work: SnapshotWork;
  onSettled: () => void;
}

/** Milliseconds between two looks: a snapshot takes Ceph about a second. While nothing happens the looks become rarer. */
const FIRST_LOOK_MS = 300;
const SLOWEST_LOOK_MS = 3_000;
const SLOWER = 1.3;

/** One provider's snapshots that somebody waits for. */
class SnapshotWatch {
  private readonly waits = new Map<VolumeSnapshotId, Wait>();
  private pause = FIRST_LOOK_MS;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly reader: () => Promise<CinderReader>) {}

  add(id: VolumeSnapshotId, wait: Wait): void {
    if (!this.waits.has(id)) this.pause = FIRST_LOOK_MS;
    this.waits.set(id, wait);
    this.timer ??= setTimeout(() => void this.look(), this.pause).unref();
  }

  private async look(): Promise<void> {
    const settled = await this.settled().catch(() => []);
    this.pause = Math.min(SLOWEST_LOOK_MS, settled.length > 0 ? FIRST_LOOK_MS : this.pause * SLOWER);
    for (const [id, { onSettled }] of settled) {
      this.waits.delete(id);
      onSettled();
    }
    this.timer = this.waits.size === 0 ? undefined : setTimeout(() => void this.look(), this.pause).unref();
  }

  /** What is in no list of Cinder's work any more. */
  private async settled(): Promise<[VolumeSnapshotId, Wait][]> {
    const asked = [...this.waits];
    const works = [...new Set(asked.map(([, { work }]) => work))];
    const reader = await this.reader();
    const busy = await Promise.all(works.map((status) => reader.findSnapshots({ status })));
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

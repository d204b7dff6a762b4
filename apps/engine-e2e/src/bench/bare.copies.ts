import { CinderClient } from '@clinker/cinder';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { labAccount } from '../cinder';
import { LOOK_AT_MANY_EVERY_MS, becomes } from './comparison';

const isAvailable = ({ status }: { status: string }): boolean => status === 'available';

/** Volumes, volumes of a snapshot, and snapshots, by the bare calls and many at once. */
export class BareCopies {
  private readonly cinder = new CinderClient(labAccount());
  private snapshotId = '';
  private sourceIds: string[] = [];

  /** @param sizeGiB of what is copied */
  constructor(private readonly sizeGiB: number) {}

  /** What is copied: a snapshot, and volumes of 1 GiB. */
  async open(volumes: number): Promise<void> {
    const { id } = await this.cinder.createVolume({ name: 'bench-source', sizeGiB: this.sizeGiB, metadata: {} });
    await becomes(() => this.cinder.volume(id), isAvailable);
    this.snapshotId = (await this.cinder.createSnapshot({ volumeId: id, name: 'bench-source', metadata: {} })).id;
    await becomes(() => this.cinder.snapshot(this.snapshotId), isAvailable);
    this.sourceIds = [id, ...(await this.empty(volumes))];
  }

  /** So many empty volumes of 1 GiB, all asked for at once, until all are available. */
  empty(count: number): Promise<string[]> {
    return this.create(count, { sizeGiB: 1 });
  }

  /** So many volumes of the snapshot, all asked for at once, until all are available. */
  copies(count: number): Promise<string[]> {
    return this.create(count, { sizeGiB: this.sizeGiB, snapshotId: this.snapshotId });
  }

  /** A snapshot of each of the volumes that {@link open} has made, all asked for at once, until all are available. */
  async snapshots(): Promise<string[]> {
    const name = `bench-${randomUUID()}`;
    const [, ...volumes] = this.sourceIds;
    const made = await Promise.all(volumes.map((volumeId) => this.cinder.createSnapshot({ volumeId, name, metadata: {} })));
    await becomes(
      () => this.cinder.findSnapshots({ name }),
      (found) => found.every(isAvailable),
    );
    return made.map(({ id }) => id);
  }

  async remove(ids: readonly string[]): Promise<void> {
    await Promise.all(ids.map((id) => this.cinder.deleteVolume(id)));
    while ((await this.cinder.findVolumeIds({})).some((id) => ids.includes(id))) await pause(100);
  }

  async removeSnapshots(ids: readonly string[]): Promise<void> {
    await Promise.all(ids.map((id) => this.cinder.deleteSnapshot(id)));
    while ((await this.cinder.findSnapshots({})).some(({ id }) => ids.includes(id))) await pause(100);
  }

  async close(): Promise<void> {
    await this.removeSnapshots([this.snapshotId]);
    await this.remove(this.sourceIds);
    await this.cinder.close();
  }

  private async create(count: number, wanted: { sizeGiB: number; snapshotId?: string }): Promise<string[]> {
    const name = `bench-${randomUUID()}`;
    const volumes = await Promise.all(Array.from({ length: count }, () => this.cinder.createVolume({ ...wanted, name, metadata: {} })));
    await becomes(
      () => this.cinder.findVolumes({ name }),
      (found) => found.every(isAvailable),
      count > 1 ? LOOK_AT_MANY_EVERY_MS : undefined,
    );
    return volumes.map(({ id }) => id);
  }
}

import type { CinderClient, Snapshot, Volume } from '@clinker/cinder';
import { Injectable } from '@nestjs/common';
import { orGone } from '../cinder/cinder.absence';
import { CinderClients } from '../cinder/cinder.clients';
import { BackendError } from '../errors/domain.errors';
import { outside } from '../sagas/step.errors';
import type { VolumeSnapshotId } from './disk-snapshot.entity';
import { DiskVolumeClient } from './disk-volume.client';
import { unsuitability } from './unregistered.rules';
import type { PlacedVolume } from './volume-work.client';

/** What makes a volume a disk's: its marks in Cinder's metadata. Everything may be repeated. Data are never touched. */
@Injectable()
export class VolumeOwnershipClient {
  constructor(
    private readonly clients: CinderClients,
    private readonly volumes: DiskVolumeClient,
  ) {}

  /**
   * Marks a volume, and then its snapshots, as the disk's. What carries the disk's mark already was marked by an earlier attempt.
   * @returns the volume, and its snapshots, as they are then
   * @throws RetryLater, BackendError if the volume is gone or not (or no longer) fit to be a disk
   */
  async claim(at: PlacedVolume): Promise<{ volume: Volume; snapshots: Snapshot[] }> {
    return outside('mark the volume in Cinder', async () => {
      const client = await this.clients.client(at.providerId);
      const mark = await this.volumes.mark(at.diskId);
      const volume = await found(client, at);
      const isMarked = carries(volume, mark);
      const reason = isMarked ? undefined : unsuitability(volume, mark['clinker_installation'] ?? '');
      if (reason !== undefined) throw new BackendError(`The volume ${at.volumeId} cannot become a disk: ${reason}`);
      if (!isMarked) await client.addMetadata('volumes', at.volumeId, mark);
      const snapshots = await client.findSnapshots({ volumeId: at.volumeId });
      for (const { id } of snapshots) await client.addMetadata('snapshots', id, mark);
      return { volume: await found(client, at), snapshots };
    });
  }

  /** Takes the disk's marks from a volume and its snapshots; what carries none of them, or is gone, stays as it is. @throws RetryLater, BackendError */
  async release(at: PlacedVolume): Promise<void> {
    await outside('take the mark from the volume in Cinder', async () => {
      const client = await this.clients.client(at.providerId);
      const mark = await this.volumes.mark(at.diskId);
      for (const snapshot of await client.findSnapshots({ volumeId: at.volumeId, metadata: mark }))
        await dropAll(client, 'snapshots', snapshot);
      const volume = await existing(client, at);
      if (volume && carries(volume, mark)) await dropAll(client, 'volumes', volume);
    });
  }

  /** The ids of the snapshots of a volume that carry the disk's mark. @throws RetryLater, BackendError */
  async snapshotIds(at: PlacedVolume): Promise<VolumeSnapshotId[]> {
    return outside('look for the snapshots of the volume in Cinder', async () => {
      const client = await this.clients.client(at.providerId);
      const snapshots = await client.findSnapshots({ volumeId: at.volumeId, metadata: await this.volumes.mark(at.diskId) });
      return snapshots.map(({ id }) => id as VolumeSnapshotId);
    });
  }
}

/** The beginning of the names of all marks of ours. */
const MARK = 'clinker_';

const carries = ({ metadata }: Volume, mark: Record<string, string>): boolean =>
  Object.entries(mark).every(([name, value]) => metadata[name] === value);

const existing = (client: CinderClient, { volumeId }: PlacedVolume): Promise<Volume | undefined> => orGone(() => client.volume(volumeId));

async function found(client: CinderClient, at: PlacedVolume): Promise<Volume> {
  const volume = await existing(client, at);
  if (!volume) throw new BackendError(`The volume ${at.volumeId} is not in Cinder.`);
  return volume;
}

/** The disk's own mark goes last: as long as it is there, an attempt that was cut off is found and finished. */
async function dropAll(client: CinderClient, kind: 'volumes' | 'snapshots', { id, metadata }: Volume | Snapshot): Promise<void> {
  const names = Object.keys(metadata).filter((name) => name.startsWith(MARK));
  for (const name of names.sort((a, b) => Number(isOwn(a)) - Number(isOwn(b)))) await client.removeMetadata(kind, id, name);
}

const isOwn = (name: string): boolean => name === 'clinker_installation' || name === 'clinker_disk_id';

import { type CinderClient, type Volume, isCinderError, volumeState } from '@clinker/cinder';
import { RetryLater, type StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { CinderClients } from '../cinder/cinder.clients';
import { Installation } from '../database/installation.entity';
import { BackendError } from '../errors/domain.errors';
import { allOf } from '../sagas/all.of';
import { outside } from '../sagas/step.errors';
import { CinderPatience } from './cinder.patience';
import type { VolumeSnapshotId } from './disk-snapshot.entity';
import type { DiskId, VolumeId } from './disk.entity';
import { PendingVolumesClient } from './pending-volumes.client';

/** A disk, and the provider that has its volume. */
export interface DiskPlace {
  readonly providerId: string;
  readonly diskId: DiskId;
}

/** What a volume begins as a copy of: a snapshot in Cinder, which is fast, or another volume. */
export type VolumeSource = { readonly snapshotId: VolumeSnapshotId } | { readonly volumeId: VolumeId };

export interface NewDiskVolume extends DiskPlace {
  readonly name: string;
  readonly description?: string;
  /** At least as large as the source, see {@link DiskVolumeClient.minimumSizeGiB}: Cinder refuses less. More is made larger at once. */
  readonly sizeGiB: number;
  /** Name or id; null for that of the source, or for Cinder's default. */
  readonly volumeType: string | null;
  /** Empty unless told. */
  readonly source?: VolumeSource | undefined;
}

/**
 * How long (ms) a volume may take to be in Cinder's lists after a request whose outcome is not known: nothing is created
 * or given up as absent before.
 */
export const GRACE_MS = 2_000;

/** How often (ms) Cinder is asked for a volume that is being deleted, if the watcher says nothing. */
const LOOK_MS = 5_000;

/** True if Cinder has finished with the volume, one way or the other. */
const isSettled = (volume: Volume | null): boolean => volume === null || !['pending', 'unknown'].includes(volumeState(volume.status));

/** Cinder's limit of a name. */
const MAX_NAME = 255;

/** The name of a disk's volumes, for people who look into Cinder: nothing is ever found by it. */
export const volumeNameOf = (diskName: string): string => `clinker-${diskName}`.slice(0, MAX_NAME);

/**
 * The volumes of disks in Cinder, known by the metadata that they are created with. Everything may be repeated: what is created is
 * looked for first, and what is deleted may be gone already. Volumes without this installation's mark are never touched.
 */
@Injectable()
export class DiskVolumeClient {
  private installation: string | undefined;

  constructor(
    private readonly db: EntityManager,
    private readonly clients: CinderClients,
    private readonly pending: PendingVolumesClient,
    private readonly patience: CinderPatience,
  ) {}

  /**
   * All volumes that carry this disk's mark, the oldest first: one, none, or more after a request was lost, a preview or a commit.
   * @param operationId for those alone that this operation has asked for
   * @throws CinderError
   */
  async find({ providerId, diskId }: DiskPlace, operationId?: string): Promise<Volume[]> {
    const client = await this.clients.client(providerId);
    return client.findVolumes({ metadata: await this.mark(diskId, operationId) });
  }

  /** The smallest volume (GiB) that Cinder makes of this source. @throws CinderError */
  async minimumSizeGiB(providerId: string, source: VolumeSource): Promise<number> {
    const client = await this.clients.client(providerId);
    const { sizeGiB } = await ('snapshotId' in source ? client.snapshot(source.snapshotId) : client.volume(source.volumeId));
    return sizeGiB;
  }

  /**
   * Finds the volume of an earlier attempt of this operation, or asks Cinder for one.
   * @param isFirst that there was no earlier attempt
   * @throws RetryLater, BackendError
   */
  async ensureRequested(wanted: NewDiskVolume, operationId: string, isFirst: boolean): Promise<VolumeId> {
    const [earlier] = isFirst ? [] : await outside('look for the volume in Cinder', () => this.find(wanted, operationId));
    if (earlier) return earlier.id as VolumeId;
    return outside('create the volume in Cinder', () => this.request(wanted, operationId), GRACE_MS);
  }

  /**
   * Whether Cinder has made the volume. Wakes the operation when there are news.
   * @throws RetryLater while Cinder does not answer, BackendError with Cinder's reason if it has failed
   */
  isCreated(providerId: string, volumeId: VolumeId, ctx: StepContext): Promise<boolean> {
    return this.areCreated([{ providerId, volumeId }], ctx);
  }

  /**
   * {@link isCreated} for several. None is forgotten before all are there: each that had to be asked for again would wake the operation, which would
   * then not know the others any more, and so on for ever.
   */
  async areCreated(wanted: readonly { readonly providerId: string; readonly volumeId: VolumeId }[], ctx: StepContext): Promise<boolean> {
    const made = await allOf(wanted.map(({ providerId, volumeId }) => this.isSettledWell(providerId, volumeId, ctx)));
    if (!made.every(Boolean)) return false;
    for (const { volumeId } of wanted) this.pending.forget(volumeId);
    return true;
  }

  private async isSettledWell(providerId: string, volumeId: VolumeId, ctx: StepContext): Promise<boolean> {
    const volume = await this.pending.look(providerId, volumeId, (news) => (isSettled(news) ? ctx.wakeUp() : undefined));
    if (volume && this.patience.isOver(volume, 'creating'))
      throw new BackendError('Cinder has accepted the volume, and nobody there has begun to make it.');
    if (volume === undefined || !isSettled(volume)) {
      this.pending.admitSilence(volumeId);
      return false;
    }
    if (volume && volumeState(volume.status) !== 'error') return true;
    this.pending.forget(volumeId);
    throw new BackendError(`Cinder could not create the volume: ${await this.reason(providerId, volumeId)}`);
  }

  /**
   * Deletes these volumes of a disk of ours, as they were seen just now. Wakes the operation when they are gone.
   * @throws RetryLater if there were any, BackendError
   */
  async ensureGone(providerId: string, volumes: readonly Volume[], ctx: StepContext): Promise<void> {
    if (volumes.length === 0) return;
    const client = await this.clients.client(providerId);
    await outside('delete the volume in Cinder', () => allOf(volumes.map((volume) => this.delete(client, volume))));
    await allOf(volumes.map(({ id }) => this.pending.look(providerId, id, (news) => (news ? undefined : ctx.wakeUp()))));
    const names = volumes.map(({ id, status }) => `${id} (${status})`).join(', ');
    throw new RetryLater(`Cinder is deleting the volume ${names}`, { afterMs: LOOK_MS });
  }

  /** The volume of this id, if it is there and carries the disk's mark. @throws CinderError, BackendError for a volume of others */
  async own(place: DiskPlace, volumeId: VolumeId): Promise<Volume | undefined> {
    const client = await this.clients.client(place.providerId);
    try {
      const volume = await client.volume(volumeId);
      const mark = Object.entries(await this.mark(place.diskId));
      if (mark.every(([key, value]) => volume.metadata[key] === value)) return volume;
    } catch (error) {
      if (isCinderError(error, 'not_found')) return undefined;
      throw error;
    }
    throw new BackendError(`The volume ${volumeId} does not carry this installation's mark of the disk: it is left alone.`);
  }

  /** Gives the volume the disk's name and description; one that is gone needs none. @throws RetryLater, BackendError */
  async rename(place: DiskPlace, volumeId: VolumeId, { name, description }: { name: string; description: string }): Promise<void> {
    await outside('rename the volume in Cinder', async () => {
      const client = await this.clients.client(place.providerId);
      if (await this.own(place, volumeId)) await client.updateVolume(volumeId, { name: volumeNameOf(name), description });
    });
  }

  private async request(wanted: NewDiskVolume, operationId: string): Promise<VolumeId> {
    const { providerId, diskId, name, description, sizeGiB, volumeType, source } = wanted;
    const client = await this.clients.client(providerId);
    const { id } = await client.createVolume({
      name: volumeNameOf(name),
      description,
      sizeGiB,
      metadata: await this.mark(diskId, operationId),
      volumeType: volumeType ?? undefined,
      ...(source && ('snapshotId' in source ? { snapshotId: source.snapshotId } : { sourceVolumeId: source.volumeId })),
    });
    return id as VolumeId;
  }

  /**
   * What Cinder works on cannot be deleted yet; what is gone need not be. A deletion that has failed, and one of a volume whose work Cinder
   * has lost, must be forced. To ask for a deletion once more does no harm: who comes to it late finds nothing.
   */
  private async delete(client: CinderClient, volume: Volume): Promise<void> {
    const { id, status } = volume;
    const isLost = this.patience.isOver(volume, 'creating', 'deleting');
    if (volumeState(status) === 'pending' && !isLost) return;
    try {
      await (status === 'error_deleting' || isLost ? client.forceDeleteVolume(id) : client.deleteVolume(id));
    } catch (error) {
      if (isCinderError(error, 'bad_request', 'conflict', 'forbidden'))
        throw new RetryLater(`Cinder does not delete the volume now: ${error.message}`, { cause: error });
      if (!isCinderError(error, 'not_found')) throw error;
    }
  }

  /** Why Cinder has failed with a volume, in its own words. @throws CinderError */
  async reason(providerId: string, volumeId: VolumeId): Promise<string> {
    const client = await this.clients.client(providerId);
    const messages = await client.messages(volumeId).catch(() => []);
    return messages[0]?.text ?? 'it gives no reason.';
  }

  /** What our volumes carry in Cinder's metadata. @param operationId of the operation that asks for the volume */
  async mark(diskId: DiskId, operationId?: string): Promise<Record<string, string>> {
    this.installation ??= (await this.db.findOneByOrFail(Installation, {})).id;
    const whose = { clinker_installation: this.installation, clinker_disk_id: diskId };
    return operationId === undefined ? whose : { ...whose, clinker_operation_id: operationId };
  }
}

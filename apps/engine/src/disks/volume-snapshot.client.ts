import { type CinderClient, type Snapshot, isCinderError } from '@clinker/cinder';
import { RetryLater, type StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { orGone } from '../cinder/cinder.absence';
import { CinderClients } from '../cinder/cinder.clients';
import { Installation } from '../database/installation.entity';
import { BackendError } from '../errors/domain.errors';
import { allOf } from '../sagas/all.of';
import { outside } from '../sagas/step.errors';
import { CinderPatience } from './cinder.patience';
import type { DiskSnapshotId, VolumeSnapshotId } from './disk-snapshot.entity';
import { type DiskPlace, GRACE_MS } from './disk-volume.client';
import type { VolumeId } from './disk.entity';
import { GROUP_MARK, GroupMembersClient, SnapshotInUseError, isMember } from './group-members.client';
import { PendingSnapshotsClient, type SnapshotWork } from './pending-snapshots.client';

/** A disk's snapshot that is wanted in Cinder. */
export interface NewVolumeSnapshot extends DiskPlace {
  readonly diskSnapshotId: DiskSnapshotId;
  readonly volumeId: VolumeId;
  readonly name: string;
}

/** Whose snapshots are looked for: all of a disk, or one. */
export type SnapshotPlace = DiskPlace & { readonly diskSnapshotId?: DiskSnapshotId | undefined };

/** How often (ms) Cinder is asked again if nothing is heard. */
const LOOK_MS = 5_000;

/** How long (ms) a request to delete is remembered. If it is forgotten too early, Cinder is asked once more. */
const REMEMBER_MS = 600_000;

/** Cinder's limit of a name. */
const MAX_NAME = 255;

/**
 * Snapshots of disks' volumes in Cinder, known by the metadata that they are created with. Everything may be repeated: what is created is
 * looked for first, and what is deleted may be gone already. Snapshots without this installation's mark are never touched.
 */
@Injectable()
export class VolumeSnapshotClient {
  private installation: string | undefined;

  /** Snapshots that this process has asked Cinder to delete. One that is available again after that is in use. */
  private readonly askedToGo = new Set<string>();

  private readonly members: GroupMembersClient;

  constructor(
    private readonly db: EntityManager,
    private readonly clients: CinderClients,
    private readonly pending: PendingSnapshotsClient,
    private readonly patience: CinderPatience,
  ) {
    this.members = new GroupMembersClient(db, patience);
  }

  /** The snapshots that carry this mark, the oldest first. @throws CinderError */
  async find(place: SnapshotPlace): Promise<Snapshot[]> {
    const client = await this.clients.client(place.providerId);
    return client.findSnapshots({ metadata: await this.mark(place) });
  }

  /**
   * Finds the snapshot of an earlier attempt, or asks Cinder for one; of a volume in use as well.
   * @param isFirst that there was no earlier attempt
   * @throws RetryLater, BackendError
   */
  async ensureRequested(wanted: NewVolumeSnapshot, isFirst = false): Promise<VolumeSnapshotId> {
    const [earlier] = isFirst ? [] : await outside('look for the snapshot in Cinder', () => this.find(wanted));
    if (earlier) return earlier.id as VolumeSnapshotId;
    return outside('create the snapshot in Cinder', () => this.request(wanted), GRACE_MS);
  }

  /**
   * Whether Cinder has made the snapshot. Wakes the operation when there are news.
   * @throws RetryLater, BackendError with Cinder's reason if it has failed
   */
  async isCreated(providerId: string, id: VolumeSnapshotId, ctx: StepContext): Promise<boolean> {
    const client = await this.clients.client(providerId);
    const snapshot = await outside('look at the snapshot in Cinder', () => orGone(() => client.snapshot(id)));
    if (snapshot?.status === 'available') return true;
    if (!snapshot || snapshot.status.startsWith('error'))
      throw new BackendError(`Cinder could not create the snapshot: ${await this.reason(client, id)}`);
    if (this.patience.isOver(snapshot, 'creating'))
      throw new BackendError('Cinder has accepted the snapshot, and nobody there has begun to make it.');
    this.wake(providerId, id, 'creating', ctx);
    return false;
  }

  /**
   * Deletes these snapshots of ours, as they were seen just now. Wakes the operation when they are gone.
   * @throws RetryLater if there were any, SnapshotInUseError if Cinder keeps one, BackendError
   */
  async ensureGone(providerId: string, snapshots: readonly Snapshot[], ctx: StepContext): Promise<void> {
    if (snapshots.length === 0) return;
    const client = await this.clients.client(providerId);
    await outside('delete the snapshot in Cinder', () =>
      allOf(snapshots.map((snapshot) => (isMember(snapshot) ? this.members.release(client, snapshot) : this.delete(client, snapshot)))),
    );
    snapshots.forEach(({ id }) => this.wake(providerId, id as VolumeSnapshotId, 'deleting', ctx));
    const names = snapshots.map(({ id, status }) => `${id} (${status})`).join(', ');
    throw new RetryLater(`Cinder is deleting the snapshot ${names}`, { afterMs: LOOK_MS });
  }

  /** Gives a snapshot that Cinder has taken with a group the mark by which it is found. @throws RetryLater, BackendError */
  async adopt(place: SnapshotPlace, id: VolumeSnapshotId): Promise<void> {
    await outside('mark the snapshot in Cinder', async () => {
      const client = await this.clients.client(place.providerId);
      const { groupSnapshotId } = await client.snapshot(id);
      await client.addMetadata('snapshots', id, { ...(await this.mark(place)), [GROUP_MARK]: groupSnapshotId ?? '' });
    });
  }

  private async request(wanted: NewVolumeSnapshot): Promise<VolumeSnapshotId> {
    const client = await this.clients.client(wanted.providerId);
    const name = `clinker-${wanted.name}`.slice(0, MAX_NAME);
    const { id } = await client.createSnapshot({ volumeId: wanted.volumeId, name, metadata: await this.mark(wanted) });
    return id as VolumeSnapshotId;
  }

  /**
   * What Cinder works on cannot be deleted yet; what is gone need not be. A deletion that has failed, and one of a snapshot whose work Cinder
   * has lost, must be forced. If Cinder had not lost the first deletion after all, its count of the project's snapshots is one too low until it
   * counts anew: better than a snapshot that nobody can remove.
   */
  private async delete(client: CinderClient, snapshot: Snapshot): Promise<void> {
    const { id, status } = snapshot;
    const mustForce = status === 'error_deleting' || this.patience.isOver(snapshot, 'creating', 'deleting');
    if (['creating', 'deleting'].includes(status) && !mustForce) return;
    if (status === 'available' && this.askedToGo.delete(id))
      throw new SnapshotInUseError(`Cinder keeps the snapshot ${id}: ${await this.reason(client, id)}`);
    try {
      await (mustForce ? client.forceDeleteSnapshot(id) : client.deleteSnapshot(id));
      this.remember(id);
    } catch (error) {
      if (isCinderError(error, 'bad_request', 'conflict', 'forbidden'))
        throw new RetryLater(`Cinder does not delete the snapshot now: ${error.message}`, { cause: error });
      if (!isCinderError(error, 'not_found')) throw error;
    }
  }

  private remember(id: string): void {
    this.askedToGo.add(id);
    setTimeout(() => this.askedToGo.delete(id), REMEMBER_MS).unref();
  }

  private wake(providerId: string, id: VolumeSnapshotId, work: SnapshotWork, ctx: StepContext): void {
    this.pending.watch(providerId, id, work, () => ctx.wakeUp());
  }

  private async reason(client: CinderClient, id: string): Promise<string> {
    const messages = await client.messages(id).catch(() => []);
    return messages[0]?.text ?? 'it gives no reason.';
  }

  private async mark({ diskId, diskSnapshotId }: SnapshotPlace): Promise<Record<string, string>> {
    this.installation ??= (await this.db.findOneByOrFail(Installation, {})).id;
    const whose = { clinker_installation: this.installation, clinker_disk_id: diskId };
    return diskSnapshotId === undefined ? whose : { ...whose, clinker_snapshot_id: diskSnapshotId };
  }
}

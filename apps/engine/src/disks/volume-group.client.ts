import type { CinderClient, Group, GroupSnapshot } from '@clinker/cinder';
import { RetryLater, type StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { orGone, unlessGone } from '../cinder/cinder.absence';
import { CinderClients } from '../cinder/cinder.clients';
import { BackendError } from '../errors/domain.errors';
import { allOf } from '../sagas/all.of';
import { outside } from '../sagas/step.errors';
import { CinderPatience } from './cinder.patience';
import type { VolumeSnapshotId } from './disk-snapshot.entity';
import type { VolumeId } from './disk.entity';
import { volumeIdSchema } from './disk.ids';
import { GRACE_MS } from './disk-volume.client';
import { deleteLost } from './group-members.client';

/** Volumes that their storage can take at one moment, as they stand in the state of sagas. */
export const volumeGroupSchema = z.object({
  providerId: z.string(),
  /** By this name the group is found again: it has no metadata. */
  name: z.string(),
  groupTypeId: z.string(),
  volumeTypeIds: z.array(z.string()),
  availabilityZone: z.string().nullable(),
  volumeIds: z.array(volumeIdSchema),
});
export type VolumeGroup = z.output<typeof volumeGroupSchema>;

/** A group in Cinder: by its id, or by the name that it was to get. */
export type GroupPlace = { readonly providerId: string } & ({ readonly groupId: string } | Pick<VolumeGroup, 'name'>);

/** How the names of all groups of an installation begin: they have no metadata to tell whose they are. */
export const groupNamesOf = (installationId: string): string => `clinker-${installationId}-`;

/** How often (ms) Cinder is asked whether it has done with a group, which is no work for a storage. */
const LOOK_MS = 200;

/** As many ids as Cinder takes in one request: it reads 255 characters. */
const AT_ONCE = 6;

const soon = (text: string): RetryLater => new RetryLater(text, { afterMs: LOOK_MS });

/** Groups of volumes in Cinder, of which snapshots are taken at one moment. Every method may be repeated. */
@Injectable()
export class VolumeGroupClient {
  constructor(
    private readonly clients: CinderClients,
    private readonly patience: CinderPatience,
  ) {}

  /**
   * Makes the group, and gathers its volumes in it; they may be in use.
   * @returns Cinder's id of it
   * @throws RetryLater until they are all in it; BackendError, LimitExceededError if Cinder refuses
   */
  async ensureGathered(wanted: VolumeGroup, { isFirst }: StepContext): Promise<string> {
    const client = await this.clients.client(wanted.providerId);
    const [group] = isFirst ? [] : await this.find(client, wanted);
    if (!group) {
      await outside('create a group of volumes in Cinder', () => client.groups.create(wanted), GRACE_MS);
      throw soon('Cinder is creating the group of volumes');
    }
    this.refuseUnusable(group);
    const missing = wanted.volumeIds.filter((id) => !group.volumeIds.includes(id));
    if (missing.length === 0) return group.id;
    await outside('gather the volumes in a group of Cinder', () => client.groups.update(group.id, { add: missing.slice(0, AT_ONCE) }));
    throw soon('Cinder is gathering the volumes in a group');
  }

  /**
   * Finds the group's snapshot, or asks Cinder for one.
   * @returns Cinder's snapshot of each volume
   * @throws RetryLater, BackendError, LimitExceededError
   */
  async ensureSnapshot(group: VolumeGroup, groupId: string, isFirst: boolean): Promise<Map<VolumeId, VolumeSnapshotId>> {
    const client = await this.clients.client(group.providerId);
    return outside('take a snapshot of the group of volumes in Cinder', async () => {
      const earlier = isFirst ? [] : await client.groups.snapshotsOf(groupId);
      const id = earlier[0]?.id ?? (await client.groups.createSnapshot(groupId, group.name));
      const members = await client.findSnapshots({ name: group.name });
      const ours = members.filter(({ groupSnapshotId }) => groupSnapshotId === id);
      return new Map(ours.map((one) => [one.volumeId as VolumeId, one.id as VolumeSnapshotId]));
    });
  }

  /**
   * Makes volumes usable that Cinder has marked `error` because it could not gather them, although nothing has happened to their data.
   * @throws RetryLater, BackendError
   */
  async mend({ providerId, volumeIds }: VolumeGroup): Promise<void> {
    const client = await this.clients.client(providerId);
    await outside('mend the volumes that Cinder could not gather', () => allOf(volumeIds.map((id) => mendVolume(client, id))));
  }

  /** Takes the volumes out of the group again, which stays as long as its snapshot. @throws RetryLater until they are out, BackendError */
  async ensureVolumesOut(place: GroupPlace): Promise<void> {
    const client = await this.clients.client(place.providerId);
    for (const group of await this.find(client, place)) await this.takeOut(client, group);
  }

  /** Removes the snapshot that was taken of a group. @throws RetryLater until it is gone, BackendError */
  async ensureSnapshotGone(place: GroupPlace): Promise<void> {
    const client = await this.clients.client(place.providerId);
    for (const group of await this.find(client, place)) await this.removeSnapshots(client, group);
  }

  /** Removes the group with its snapshot; its volumes stay. @throws RetryLater until it is gone, BackendError */
  async ensureGone(place: GroupPlace): Promise<void> {
    const client = await this.clients.client(place.providerId);
    for (const group of await this.find(client, place)) {
      await this.removeSnapshots(client, group);
      await this.takeOut(client, group);
      await outside('delete the group of volumes in Cinder', () => this.delete(client, group));
      throw soon(`Cinder is deleting the group of volumes ${group.id}`);
    }
  }

  private async find(client: CinderClient, place: GroupPlace | VolumeGroup): Promise<Group[]> {
    return outside('look for the group of volumes in Cinder', async () => {
      if ('name' in place) return client.findGroups(place.name);
      const group = await orGone(() => client.group(place.groupId));
      return group ? [group] : [];
    });
  }

  /** @throws RetryLater while Cinder works on it, BackendError if that has failed */
  private refuseUnusable(group: Group): void {
    if (group.status === 'available') return;
    if (group.status.startsWith('error')) throw new BackendError(`Cinder could not gather the volumes in the group ${group.id}`);
    if (this.isLost(group)) throw new BackendError(`Cinder has accepted the group ${group.id}, and nobody there works on it.`);
    throw soon(`The group of volumes is ${group.status} in Cinder`);
  }

  private async removeSnapshots(client: CinderClient, group: Group): Promise<void> {
    await outside('delete the snapshot of the group of volumes in Cinder', async () => {
      const snapshots = await client.groups.snapshotsOf(group.id);
      if (snapshots.length === 0) return;
      await allOf(snapshots.map((snapshot) => this.removeSnapshot(client, group, snapshot)));
      throw soon(`Cinder is deleting the snapshot of the group of volumes ${group.id}`);
    });
  }

  /** What Cinder works on cannot be deleted yet, unless it has lost that work. */
  private async removeSnapshot(client: CinderClient, { name }: Group, { id, status }: GroupSnapshot): Promise<void> {
    if (['available', 'error'].includes(status)) return unlessGone('the group snapshot', () => client.groups.deleteSnapshot(id));
    const members = await client.findSnapshots({ name: name ?? '' });
    const isLost = members.some((one) => one.groupSnapshotId === id && this.patience.isOver(one, 'creating', 'deleting'));
    if (isLost) await deleteLost(client, id);
  }

  private async takeOut(client: CinderClient, group: Group): Promise<void> {
    if (group.volumeIds.length === 0) return;
    await outside('take the volumes out of their group in Cinder', async () => {
      if (group.status.startsWith('error') || this.isLost(group)) await client.groups.reset(group.id);
      else if (group.status === 'available') await client.groups.update(group.id, { remove: group.volumeIds.slice(0, AT_ONCE) });
      throw soon(`Cinder is taking the volumes out of the group ${group.id}`);
    });
  }

  private async delete(client: CinderClient, group: Group): Promise<void> {
    const isIdle = ['available', 'error'].includes(group.status);
    if (!isIdle && !this.isLost(group) && group.status !== 'error_deleting') return;
    await unlessGone('the group of volumes', () => client.groups.delete(group.id, !isIdle));
  }

  private isLost({ status, createdAt }: Group): boolean {
    const work = { creating: 'creating', updating: 'creating', deleting: 'deleting' }[status];
    return work !== undefined && this.patience.isOver({ status: work, createdAt, updatedAt: null }, 'creating', 'deleting');
  }
}

/** @throws CinderError */
async function mendVolume(client: CinderClient, id: VolumeId): Promise<void> {
  const volume = await client.volume(id);
  if (volume.status === 'error') await client.resetVolumeStatus(id, volume.attachments.length > 0 ? 'in-use' : 'available');
}

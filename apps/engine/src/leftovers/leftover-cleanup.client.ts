import type { CinderClient } from '@clinker/cinder';
import type { StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { orGone } from '../cinder/cinder.absence';
import { CinderClients } from '../cinder/cinder.clients';
import { VolumeAttachment } from '../disk-attachments/disk-attachment.entity';
import { DiskVolumeClient } from '../disks/disk-volume.client';
import { VolumeGroupClient } from '../disks/volume-group.client';
import { VolumeSnapshotClient } from '../disks/volume-snapshot.client';
import { ConflictError } from '../errors/domain.errors';
import { allOf } from '../sagas/all.of';
import { outside } from '../sagas/step.errors';
import { GuestSearchClient } from './guest-search.client';
import { LeftoverSearchClient } from './leftover-search.client';
import type { Leftover } from './leftover.entity';

/** What is to be removed. */
export type LeftoverPlace = Pick<Leftover, 'providerId' | 'kind' | 'resourceId' | 'vmId'>;

const kept = (why: string): ConflictError => new ConflictError(`Cannot clean up Leftover. ${why}`);

/** The clients by which one leftover is removed. */
@Injectable()
export class LeftoverObjectsClient {
  constructor(
    private readonly clients: CinderClients,
    private readonly volumes: DiskVolumeClient,
    private readonly snapshots: VolumeSnapshotClient,
    private readonly groups: VolumeGroupClient,
  ) {}

  client(providerId: string): Promise<CinderClient> {
    return this.clients.client(providerId);
  }

  /** @throws RetryLater until the volume is gone, BackendError */
  async removeVolume(providerId: string, id: string, ctx: StepContext): Promise<void> {
    const client = await this.client(providerId);
    const volume = await outside('look at the volume in Cinder', () => orGone(() => client.volume(id)));
    await this.volumes.ensureGone(providerId, volume ? [volume] : [], ctx);
  }

  /** @throws RetryLater until the snapshot is gone, BackendError */
  async removeSnapshot(providerId: string, id: string, ctx: StepContext): Promise<void> {
    const client = await this.client(providerId);
    const snapshot = await outside('look at the snapshot in Cinder', () => orGone(() => client.snapshot(id)));
    await this.snapshots.ensureGone(providerId, snapshot ? [snapshot] : [], ctx);
  }

  /** With what was taken of it; its volumes stay. @throws RetryLater until the group is gone, BackendError */
  removeGroup(providerId: string, groupId: string): Promise<void> {
    return this.groups.ensureGone({ providerId, groupId });
  }

  /** @throws RetryLater, BackendError */
  async endAttachment(providerId: string, id: string): Promise<void> {
    const client = await this.client(providerId);
    await outside('end the attachment in Cinder', () => orGone(() => client.deleteAttachment(id)));
  }
}

/** Removes what is left over. Everything may be repeated. */
@Injectable()
export class LeftoverCleanupClient {
  constructor(
    private readonly search: LeftoverSearchClient,
    private readonly objects: LeftoverObjectsClient,
    private readonly guests: GuestSearchClient,
    private readonly db: EntityManager,
  ) {}

  /** @throws ConflictError if somebody knows or uses it by now */
  async refuseKnown(place: LeftoverPlace): Promise<void> {
    const { providerId, kind, resourceId } = place;
    if (kind === 'image') throw kept('An image can only be removed by the means of the storage.');
    const client = await this.objects.client(providerId);
    await outside('look at what is left over in Cinder', async () => {
      const { findings } = await this.search.search(providerId);
      if (findings.some((one) => one.kind === kind && one.resourceId === resourceId)) return;
      if (await this.isThere(client, place)) throw kept('It is known again, or an operation works on it.');
    });
    if (kind === 'volume') await this.refuseUsedVolume(client, resourceId);
    if (kind === 'attachment' && place.vmId !== null) await this.refuseRunning(place.vmId);
  }

  /** @throws RetryLater until it is gone, BackendError */
  async remove({ providerId, kind, resourceId }: LeftoverPlace, ctx: StepContext): Promise<void> {
    if (kind === 'volume') return this.objects.removeVolume(providerId, resourceId, ctx);
    if (kind === 'snapshot') return this.objects.removeSnapshot(providerId, resourceId, ctx);
    if (kind === 'group') return this.objects.removeGroup(providerId, resourceId);
    if (kind === 'attachment') return this.endAttachment(providerId, resourceId);
  }

  /** Its row, if it has one, goes after it. */
  private async endAttachment(providerId: string, id: string): Promise<void> {
    await this.objects.endAttachment(providerId, id);
    await this.db.delete(VolumeAttachment, { cinderAttachmentId: id });
  }

  private async isThere(client: CinderClient, { kind, resourceId }: LeftoverPlace): Promise<boolean> {
    const look = {
      volume: () => client.volume(resourceId),
      snapshot: () => client.snapshot(resourceId),
      group: () => client.group(resourceId),
      attachment: () => client.attachment(resourceId),
    };
    return kind !== 'image' && (await orGone<unknown>(look[kind])) !== undefined;
  }

  private async refuseUsedVolume(client: CinderClient, volumeId: string): Promise<void> {
    const [attachments, snapshots] = await outside('look at what the volume has in Cinder', () =>
      allOf([client.attachments({ volumeId }), client.findSnapshots({ volumeId })]),
    );
    if (attachments.length > 0) throw kept(`The volume is attached (${attachments.map(({ id }) => id).join(', ')}): end that first.`);
    if (snapshots.length > 0) throw kept(`The volume has snapshots (${snapshots.map(({ id }) => id).join(', ')}): clean them up first.`);
  }

  /** A guest that runs keeps its volumes, whoever has started it. */
  private async refuseRunning(vmId: string): Promise<void> {
    const hosts = await this.guests.hostsRunning(vmId);
    if (hosts.length > 0) throw kept(`The VM ${vmId} runs on ${hosts.join(', ')}.`);
  }
}

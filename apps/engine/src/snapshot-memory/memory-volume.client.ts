import type { SavedMemory, VolumeSide } from '@clinker/agent-protocol';
import { bytesToGiB, isCinderError } from '@clinker/cinder';
import { RetryLater, type StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { EntityManager } from 'typeorm';
import { diskSource } from '../disk-attachments/disk.definition';
import { type VolumeUse, VolumeConnectionClient } from '../disk-attachments/volume-connection.client';
import { DiskVolumeClient, GRACE_MS } from '../disks/disk-volume.client';
import type { DiskId, VolumeId } from '../disks/disk.entity';
import { VolumeLimitsService } from '../disks/volume-limits.service';
import { LimitExceededError } from '../errors/domain.errors';
import { Host } from '../hosts/host.entity';
import { outside } from '../sagas/step.errors';
import { SnapshotMemory } from './snapshot-memory.entity';
import type { KeptMemory } from './snapshot-memory.rows';

/** A memory and its volume: what of the state of sagas the steps need. `size` in bytes. */
export interface MemoryPlace {
  readonly memoryId: DiskId;
  readonly providerId: string;
  readonly volumeId: VolumeId | null;
  readonly provisionedSize: number;
}

export interface NewMemoryVolume extends MemoryPlace {
  readonly name: string;
  readonly description: string;
  readonly volumeType: string | null;
}

const placeOf = ({ memoryId: diskId, providerId }: MemoryPlace) => ({ diskId, providerId });

/** Volumes that hold the memory of VMs. In Cinder the operation that uses one is the attachment's instance. Every method may be repeated. */
@Injectable()
export class MemoryVolumeClient {
  /** How the host is to open the volume, as Cinder said in this process. Never stored: it may hold secrets. Who has lost it asks again. */
  private readonly sides = new Map<string, VolumeSide>();

  constructor(
    private readonly db: EntityManager,
    private readonly volumes: DiskVolumeClient,
    private readonly connections: VolumeConnectionClient,
    private readonly limits: VolumeLimitsService,
  ) {}

  /** Asks Cinder for the volume. @throws RetryLater, BackendError, LimitExceededError */
  async request(wanted: NewMemoryVolume, { operationId, isFirst }: StepContext): Promise<VolumeId> {
    const { name, description, volumeType, provisionedSize, providerId } = wanted;
    const volume = { ...placeOf(wanted), name, description, volumeType, sizeGiB: bytesToGiB(provisionedSize) };
    try {
      return await this.volumes.ensureRequested(volume, operationId, isFirst);
    } catch (error) {
      if (error instanceof LimitExceededError) this.limits.forget(providerId);
      throw error;
    } finally {
      this.limits.settled(wanted.memoryId);
    }
  }

  async isMade({ providerId, volumeId }: MemoryPlace, ctx: StepContext): Promise<boolean> {
    return volumeId !== null && this.volumes.isCreated(providerId, volumeId, ctx);
  }

  /** Removes the volume. A request whose answer was lost may show it late. @throws RetryLater, BackendError */
  async takeBack(at: MemoryPlace, ctx: StepContext): Promise<void> {
    const find = () => outside('look for the volume in Cinder', () => this.volumes.find(placeOf(at)));
    let found = await find();
    if (found.length === 0 && at.volumeId === null) {
      await pause(GRACE_MS, undefined, { signal: ctx.signal });
      found = await find();
    }
    await this.volumes.ensureGone(at.providerId, found, ctx);
  }

  /** Deletes all memories of a VM. @throws RetryLater until they are gone, BackendError */
  async ensureGone(vmId: string, ctx: StepContext): Promise<void> {
    const rows = await this.db.findBy(SnapshotMemory, { vmId });
    for (const { id: diskId, providerId } of rows) {
      const found = await outside('look for the volume in Cinder', () => this.volumes.find({ diskId, providerId }));
      await this.volumes.ensureGone(providerId, found, ctx);
    }
  }

  /** Gives a host the volume. @throws RetryLater, BackendError, UnsupportedError */
  async attach(at: MemoryPlace, hostName: string, ctx: StepContext): Promise<VolumeSide> {
    const host = await this.db.findOneByOrFail(Host, { name: hostName });
    const use = this.useOf(at, ctx);
    const side = await outside(`attach the volume with the memory to host ${hostName}`, async () => {
      const { connectionInfo, cinderAttachmentId } = await this.connections.attach(use, { host, readOnly: false, isFirst: ctx.isFirst });
      await this.connections.complete(use.providerId, cinderAttachmentId);
      return { volumeId: use.volumeId, source: diskSource(connectionInfo, use.providerId), sizeBytes: at.provisionedSize };
    });
    this.sides.set(ctx.operationId, side);
    return side;
  }

  /** The volume as the host opens it, attached once more if this process does not know. @throws as {@link attach} */
  async side(at: MemoryPlace, hostName: string, ctx: StepContext): Promise<VolumeSide> {
    return this.sides.get(ctx.operationId) ?? this.attach(at, hostName, ctx);
  }

  /** {@link side}, with how much of it is the memory. */
  async saved(at: KeptMemory, hostName: string, ctx: StepContext): Promise<SavedMemory> {
    return { ...(await this.side(at, hostName, ctx)), imageBytes: at.imageBytes };
  }

  /** Takes the volume from the host. Call it only when nothing there has it open. @throws RetryLater, BackendError */
  async detach(at: MemoryPlace, ctx: StepContext): Promise<void> {
    this.sides.delete(ctx.operationId);
    if (at.volumeId === null) return;
    await outside('detach the volume with the memory in Cinder', async () => {
      try {
        await this.connections.detach(this.useOf(at, ctx));
      } catch (error) {
        if (!isCinderError(error, 'not_found')) throw error;
      }
    });
  }

  private useOf({ providerId, volumeId }: MemoryPlace, { operationId: vmId }: StepContext): VolumeUse {
    if (volumeId === null) throw new RetryLater('The volume with the memory is not there yet');
    return { providerId, volumeId, vmId };
  }
}

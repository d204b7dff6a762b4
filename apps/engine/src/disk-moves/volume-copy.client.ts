import type { VolumeSide } from '@clinker/agent-protocol';
import { gibToBytes, isCinderError } from '@clinker/cinder';
import { RetryLater, type StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { EntityManager } from 'typeorm';
import { diskSource } from '../disk-attachments/disk.definition';
import { type VolumeUse, VolumeConnectionClient } from '../disk-attachments/volume-connection.client';
import { DiskVolumeClient, type DiskPlace, GRACE_MS } from '../disks/disk-volume.client';
import type { VolumeId } from '../disks/disk.entity';
import { BackendError } from '../errors/domain.errors';
import { HostClient } from '../hosts/host.client';
import { Host } from '../hosts/host.entity';
import { allOf } from '../sagas/all.of';
import { outside } from '../sagas/step.errors';
import type { VolumeCopying } from './volume-copying';

interface Sides {
  readonly source: VolumeSide;
  readonly target: VolumeSide;
}

/** A host answers "in progress" only after it has worked for some seconds, so it is asked again almost at once (ms). */
const ASK_AGAIN_MS = 100;

const targetOf = ({ targetDiskId, targetProviderId }: VolumeCopying): DiskPlace => ({ diskId: targetDiskId, providerId: targetProviderId });

/** In Cinder a copy is an instance of its own: nobody's attachments are taken for another's. */
const usesOf = (at: VolumeCopying, { operationId: vmId }: StepContext): VolumeUse[] =>
  [
    { providerId: at.sourceProviderId, volumeId: at.sourceVolumeId, vmId },
    { providerId: at.targetProviderId, volumeId: at.targetVolumeId, vmId },
  ].filter((use): use is VolumeUse => use.volumeId !== null);

/** Copies volumes through a host, between whatever Cinder has them in. Every method may be repeated. */
@Injectable()
export class VolumeCopyClient {
  /** How the host is to open the volumes, as Cinder said in this process. Never stored: it may hold secrets. Who has lost it asks again. */
  private readonly sides = new Map<string, Sides>();

  constructor(
    private readonly db: EntityManager,
    private readonly volumes: DiskVolumeClient,
    private readonly connections: VolumeConnectionClient,
    private readonly hosts: HostClient,
  ) {}

  /** Asks Cinder for the volume that is copied into. @throws RetryLater, BackendError, LimitExceededError */
  async request(at: VolumeCopying, { operationId, isFirst }: StepContext): Promise<VolumeId> {
    const { targetName: name, targetDescription: description, targetVolumeType: volumeType, sizeGiB } = at;
    return this.volumes.ensureRequested({ ...targetOf(at), name, description, volumeType, sizeGiB }, operationId, isFirst);
  }

  async isMade({ targetProviderId, targetVolumeId }: VolumeCopying, ctx: StepContext): Promise<boolean> {
    return targetVolumeId !== null && this.volumes.isCreated(targetProviderId, targetVolumeId, ctx);
  }

  /** Removes the volume that was copied into. A request whose answer was lost may show it late. @throws RetryLater, BackendError */
  async takeBack(at: VolumeCopying, ctx: StepContext): Promise<void> {
    const find = () => outside('look for the volume in Cinder', () => this.volumes.find(targetOf(at), ctx.operationId));
    let found = await find();
    if (found.length === 0 && at.targetVolumeId === null) {
      await pause(GRACE_MS, undefined, { signal: ctx.signal });
      found = await find();
    }
    await this.volumes.ensureGone(at.targetProviderId, found, ctx);
  }

  /** Gives the host both volumes, the old one to read only. @throws RetryLater, BackendError, UnsupportedError */
  async attach(at: VolumeCopying, ctx: StepContext): Promise<void> {
    this.sides.set(ctx.operationId, await this.connect(at, ctx));
  }

  /** Copies; the host goes on by itself between two looks. @returns per cent @throws RetryLater, BackendError */
  async copy(at: VolumeCopying, ctx: StepContext): Promise<number> {
    const { operationId } = ctx;
    const sides = this.sides.get(operationId) ?? (await this.connect(at, ctx));
    this.sides.set(operationId, sides);
    const what = `copy the volume on host ${at.hostName}`;
    const answer = await outside(what, () => this.hosts.send(at.hostName, 'ensure-volume-copied', { operationId, ...sides }));
    return answer.status === 'done' ? 100 : Math.min(99, Math.floor(answer.progress));
  }

  /** Ends the copying. On a host that is off for certain, or was removed, nothing runs. @throws RetryLater, BackendError */
  async end({ hostName, hostId, targetVolumeId }: VolumeCopying, { operationId }: StepContext): Promise<void> {
    const host = await this.db.findOneBy(Host, { id: hostId });
    if (targetVolumeId === null || !host || host.status === 'down') return;
    const what = `end the copying on host ${hostName}`;
    const answer = await outside(what, () => this.hosts.send(hostName, 'ensure-volume-copy-ended', { operationId, targetVolumeId }));
    if (answer.status === 'in_progress') throw new RetryLater(`The host has not yet finished to ${what}`, { afterMs: ASK_AGAIN_MS });
  }

  /** Takes both volumes from the host. Call it only when nothing there copies any more. @throws RetryLater, BackendError */
  async detach(at: VolumeCopying, ctx: StepContext): Promise<void> {
    this.sides.delete(ctx.operationId);
    await outside('detach the volumes in Cinder', () => allOf(usesOf(at, ctx).map((use) => this.detachOne(use))));
  }

  /** Deletes the volume whose data are in the new one. @throws RetryLater, BackendError */
  async removeSource({ diskId, sourceProviderId: providerId, sourceVolumeId }: VolumeCopying, ctx: StepContext): Promise<void> {
    if (sourceVolumeId === null) return;
    const own = await outside('look for the old volume in Cinder', () => this.volumes.own({ diskId, providerId }, sourceVolumeId));
    await this.volumes.ensureGone(providerId, own ? [own] : [], ctx);
  }

  private async detachOne(use: VolumeUse): Promise<void> {
    try {
      await this.connections.detach(use);
    } catch (error) {
      if (!isCinderError(error, 'not_found')) throw error;
    }
  }

  private async connect(at: VolumeCopying, ctx: StepContext): Promise<Sides> {
    const host = await this.db.findOneByOrFail(Host, { id: at.hostId });
    const [source, target] = usesOf(at, ctx);
    if (!source || !target) throw new BackendError('One of the volumes is missing.');
    const side = async (use: VolumeUse, readOnly: boolean): Promise<VolumeSide> => {
      const what = `attach the volume ${use.volumeId} to host ${host.name}`;
      const access = { host, readOnly, isFirst: ctx.isFirst };
      const { connectionInfo, cinderAttachmentId } = await outside(what, () => this.connections.attach(use, access));
      await outside(what, () => this.connections.complete(use.providerId, cinderAttachmentId));
      return { volumeId: use.volumeId, source: diskSource(connectionInfo, use.providerId), sizeBytes: gibToBytes(at.sizeGiB) };
    };
    const [from, to] = await allOf([side(source, true), side(target, false)]);
    return { source: from, target: to };
  }
}

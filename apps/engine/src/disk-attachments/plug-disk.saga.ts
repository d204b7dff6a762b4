import type { DiskDefinition } from '@clinker/agent-protocol';
import type { OperationMeta, Saga, SagaOutcome, Step, StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import type { VolumeId } from '../disks/disk.entity';
import { ConflictError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { holdActiveDomains } from '../storage-domains/domain.lock';
import { AttachedVolumeClient } from './attached-volume.client';
import { DiskAttachment, VolumeAttachment } from './disk-attachment.entity';
import { refuseUnusable } from './disk-in-vm';
import { HostDiskClient } from './host-disk.client';
import { hotPlugState, lockLiveDisk, onHost } from './hot-plug.state';

const state = z.object({
  ...hotPlugState,
  /** The attachment was made for this plug: if the disk cannot be plugged, it goes as well. */
  attachmentIsNew: z.boolean().default(false),
  readOnly: z.boolean().default(false),
  cinderAttachmentId: z.string().nullable().default(null),
});

/** What `plug-disk` is started with. */
export type PlugDisk = z.input<typeof state>;
type State = z.output<typeof state>;

/**
 * Shows an attached disk to a running VM. The disk is active as soon as the host has it, and free for the next operation: from then on
 * the guest may use it, so that Cinder is told so is tried until it succeeds, or until a later operation has detached the volume.
 * The undo lets Cinder detach the volume only when libvirt does not show the disk any more.
 */
@Injectable()
export class PlugDiskSaga implements Saga<State> {
  readonly name = 'plug-disk';
  readonly state = state;
  readonly pointOfNoReturn = 'tell Cinder that the VM has the disk';

  readonly steps: readonly Step<State>[] = [
    { kind: 'transaction', name: 'lock the disk attachment', run: (at, tx) => this.lock(at, tx), undo: (at, tx) => this.unlock(at, tx) },
    {
      kind: 'call',
      name: 'attach the volume in Cinder',
      within: '2m',
      run: (at, ctx) => this.attach(at, ctx),
      undo: (at) => this.detach(at),
    },
    {
      kind: 'call',
      name: 'plug the disk on the host',
      within: '20s',
      run: (at, ctx) => this.plug(at, ctx),
      undo: (at, ctx) => this.unplug(at, ctx),
    },
    {
      kind: 'transaction',
      name: 'note that the disk is active',
      run: (at, tx) => this.activate(at, tx),
      undo: (at, tx) => this.deactivate(at, tx),
    },
    { kind: 'call', name: 'tell Cinder that the VM has the disk', run: (at) => this.complete(at) },
    { kind: 'transaction', name: 'note that Cinder knows it', run: (at, tx) => this.noteCompleted(at, tx) },
  ];

  /** How hosts are to open the volumes, as Cinder said in this process. Never stored: it may hold secrets. Who has lost it asks again. */
  private readonly definitions = new Map<string, DiskDefinition>();

  constructor(
    private readonly events: EventsService,
    private readonly volumes: AttachedVolumeClient,
    private readonly hosts: HostDiskClient,
  ) {}

  describe({ vmName, diskName, diskId }: State): string {
    return `Hot Plugging Disk ${diskName || diskId}${vmName ? ` to VM ${vmName}` : ''}`;
  }

  async ended({ vmId, diskId, vmName, diskName }: State, outcome: SagaOutcome, tx: EntityManager, { id }: OperationMeta): Promise<void> {
    this.definitions.delete(id);
    if (outcome.status === 'finished') return;
    await this.events.record(
      'DISK_PLUG_FAILED',
      `Failed to plug disk ${diskName} to VM ${vmName}: ${outcome.reason}`,
      { vmId, diskId },
      tx,
    );
  }

  async stuck({ vmId, diskId, diskName }: State, reason: string, tx: EntityManager, { id }: OperationMeta): Promise<void> {
    const text = `The job ${id}, which takes back the plugging of the disk ${diskName}, is stuck: ${reason}`;
    await this.events.record('OPERATION_STUCK', text, { vmId, diskId }, tx);
  }

  private async lock(ids: State, tx: EntityManager): Promise<Partial<State>> {
    const { vm, disk, attachment, host } = await lockLiveDisk(tx, ids, 'plug');
    refuseUnusable(disk, 'plug');
    if (attachment.plugged) throw new ConflictError(`Cannot plug Virtual Disk. The disk is already active in VM ${vm.name}.`);
    const [domain] = await holdActiveDomains(tx, [disk.storageDomainId], 'plug', 'Virtual Disk');
    const { volumeId } = disk;
    await tx.update(DiskAttachment, { vmId: vm.id, diskId: disk.id }, { status: 'locked' });
    await tx.insert(VolumeAttachment, {
      id: randomUUID(),
      volumeId: volumeId as VolumeId,
      diskId: disk.id,
      vmId: vm.id,
      hostId: host.id,
      state: 'intended',
    });
    const names = { vmName: vm.name, diskName: disk.name, hostName: host.name };
    return { ...names, hostId: host.id, volumeId, providerId: domain?.providerId ?? '', readOnly: attachment.readOnly };
  }

  private async unlock({ vmId, diskId, hostId, attachmentIsNew }: State, tx: EntityManager): Promise<void> {
    await tx.delete(VolumeAttachment, { vmId, diskId, hostId });
    if (attachmentIsNew) await tx.delete(DiskAttachment, { vmId, diskId });
    else await tx.update(DiskAttachment, { vmId, diskId }, { status: 'ok' });
  }

  private async attach(at: State, { operationId, isFirst }: StepContext): Promise<Partial<State>> {
    const { definition, cinderAttachmentId } = await this.volumes.connect(at, isFirst);
    this.definitions.set(operationId, definition);
    return { cinderAttachmentId };
  }

  private async detach(at: State): Promise<void> {
    await this.volumes.disconnect(at);
  }

  private async plug(at: State, ctx: StepContext): Promise<Partial<State>> {
    const known = this.definitions.get(ctx.operationId);
    const { definition, cinderAttachmentId } = known
      ? { definition: known, cinderAttachmentId: at.cinderAttachmentId }
      : await this.volumes.connect(at);
    await this.hosts.plug(onHost(at, ctx), definition);
    this.definitions.delete(ctx.operationId);
    return { cinderAttachmentId };
  }

  private async unplug(at: State, ctx: StepContext): Promise<void> {
    await this.hosts.ensureUnplugged(onHost(at, ctx));
  }

  private async activate({ vmId, diskId, hostId, vmName, diskName, cinderAttachmentId }: State, tx: EntityManager): Promise<void> {
    await tx.update(DiskAttachment, { vmId, diskId }, { plugged: true, status: 'ok' });
    await tx.update(VolumeAttachment, { vmId, diskId, hostId }, { cinderAttachmentId, state: 'connected' });
    await this.events.record('DISK_PLUGGED', `VM ${vmName} disk ${diskName} was plugged.`, { vmId, diskId, hostId }, tx);
  }

  private async deactivate({ vmId, diskId }: State, tx: EntityManager): Promise<void> {
    await tx.update(DiskAttachment, { vmId, diskId }, { plugged: false, status: 'locked' });
  }

  private async complete({ providerId, cinderAttachmentId }: State): Promise<void> {
    await this.volumes.complete(providerId, cinderAttachmentId ?? '');
  }

  private async noteCompleted({ vmId, diskId, hostId }: State, tx: EntityManager): Promise<void> {
    await tx.update(VolumeAttachment, { vmId, diskId, hostId, state: 'connected' }, { state: 'completed' });
  }
}

import type { DiskDefinition } from '@clinker/agent-protocol';
import { isCinderError } from '@clinker/cinder';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager, In } from 'typeorm';
import { VolumeAttachment } from '../disk-attachments/disk-attachment.entity';
import { diskDefinition } from '../disk-attachments/disk.definition';
import { type VolumeAccess, VolumeConnectionClient } from '../disk-attachments/volume-connection.client';
import { VolumeForesight } from '../disk-attachments/volume-foresight.client';
import { qosOfProfile } from '../disk-profiles/disk-io.limits';
import { Disk, type DiskId, type VolumeId } from '../disks/disk.entity';
import { awaitExtensions } from '../disks/extension.rules';
import { BackendError } from '../errors/domain.errors';
import { Host } from '../hosts/host.entity';
import { allOf } from '../sagas/all.of';
import { outside } from '../sagas/step.errors';
import { MemoryVolumeClient } from '../snapshot-memory/memory-volume.client';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import { type PluggedDisk, pluggedDisks } from './plugged-disks.query';
import { bootOrder } from './vm.definition';
import { Vm } from './vm.entity';

/** A disk whose volume Cinder has given, as far as a VM's start is concerned. */
type WithVolume = PluggedDisk & { readonly disk: Disk & { readonly volumeId: VolumeId } };

const withVolume = (plugged: PluggedDisk): WithVolume => {
  const { disk } = plugged;
  if (!disk.volumeId) throw new BackendError(`Disk ${disk.name} has no volume.`);
  return { ...plugged, disk: { ...disk, volumeId: disk.volumeId } };
};

/** All volumes of a VM at once: connected before it starts, completed when it runs, disconnected when it is gone. */
@Injectable()
export class VmVolumesClient {
  constructor(
    private readonly db: EntityManager,
    private readonly connections: VolumeConnectionClient,
    /** The volume with the memory with which a run begins. */
    readonly memories: MemoryVolumeClient,
    private readonly foresight: VolumeForesight,
  ) {}

  /** Notes which volumes the host is about to use: what is not noted is never attached. Returns the ids of the notes. */
  async intend(plugged: readonly PluggedDisk[], use: { vmId: string; hostId: string }, tx: EntityManager): Promise<string[]> {
    const rows = plugged
      .map(withVolume)
      .map(({ disk }) => ({ id: randomUUID(), volumeId: disk.volumeId, diskId: disk.id, ...use, state: 'intended' as const }));
    if (rows.length > 0) await tx.insert(VolumeAttachment, rows);
    return rows.map(({ id }) => id);
  }

  /**
   * Attaches every plugged volume in Cinder with the host's connector, all at once, and tells how the host is to open them.
   * @param isFirst that there was no earlier attempt, which could have attached some of them
   */
  async connect(vmId: string, hostId: string, isFirst = false): Promise<DiskDefinition[]> {
    const [vm, host] = await allOf([this.db.findOneByOrFail(Vm, { id: vmId }), this.db.findOneByOrFail(Host, { id: hostId })]);
    const plugged = await pluggedDisks(this.db, vm.id);
    return allOf(plugged.map(withVolume).map((one) => this.connectOne(one, vm, { host, isFirst })));
  }

  /** Tells Cinder that the VM has these volumes. One that is not attached any more was detached by a later operation. */
  async complete(attachmentIds: readonly string[]): Promise<void> {
    const rows = await this.db.findBy(VolumeAttachment, { id: In([...attachmentIds]), state: 'connected' });
    await allOf(rows.map((row) => this.completeOne(row)));
  }

  /** Ends every attachment of the VM in Cinder. Call it only when no QEMU can have the volumes open. @throws RetryLater, BackendError */
  async disconnect(vmId: string): Promise<void> {
    await this.db.update(VolumeAttachment, { vmId }, { state: 'ending' });
    const rows = await this.db.findBy(VolumeAttachment, { vmId });
    await awaitExtensions(
      this.db,
      rows.map(({ diskId }) => diskId),
    );
    await allOf(rows.map((row) => this.disconnectOne(row)));
  }

  private async connectOne(
    { attachment, disk, domain }: WithVolume,
    vm: Vm,
    { host, isFirst }: Omit<VolumeAccess, 'readOnly'>,
  ): Promise<DiskDefinition> {
    const { providerId } = domain;
    const { volumeId } = disk;
    const use = { providerId, volumeId, vmId: vm.id };
    this.foresight.announce(disk, providerId, host.name);
    const connection = await outside(`attach disk ${disk.name} to host ${host.name}`, () =>
      this.connections.attach(use, { host, isFirst, readOnly: attachment.readOnly }),
    );
    const { cinderAttachmentId, connectionInfo } = connection;
    await this.db.update(VolumeAttachment, { volumeId, vmId: vm.id, hostId: host.id }, { cinderAttachmentId, state: 'connected' });
    const qos = await qosOfProfile(this.db, disk.diskProfileId);
    const definition = diskDefinition({ disk, attachment, connectionInfo, providerId, bootOrder: bootOrder(vm, attachment), qos });
    this.foresight.learn(disk, definition, providerId);
    return definition;
  }

  private async completeOne({ id, diskId, cinderAttachmentId }: VolumeAttachment): Promise<void> {
    const { name, providerId } = await this.whereabouts(diskId);
    await outside(`complete the attachment of disk ${name}`, () => this.completeUnlessGone(providerId, cinderAttachmentId ?? ''));
    await this.db.update(VolumeAttachment, { id, state: 'connected' }, { state: 'completed' });
  }

  private async completeUnlessGone(providerId: string, cinderAttachmentId: string): Promise<void> {
    try {
      await this.connections.complete(providerId, cinderAttachmentId);
    } catch (error) {
      if (!isCinderError(error, 'not_found')) throw error;
    }
  }

  private async disconnectOne({ diskId, volumeId, vmId }: VolumeAttachment): Promise<void> {
    const { name, providerId } = await this.whereabouts(diskId);
    await outside(`detach disk ${name}`, () => this.connections.detach({ providerId, volumeId, vmId }));
  }

  private async whereabouts(diskId: DiskId): Promise<{ name: string; providerId: string }> {
    const disk = await this.db.findOneBy(Disk, { id: diskId });
    const domain = disk && (await this.db.findOneBy(StorageDomain, { id: disk.storageDomainId }));
    if (!disk || !domain) throw new BackendError(`Disk ${diskId} is not known any more.`);
    return { name: disk.name, providerId: domain.providerId };
  }
}

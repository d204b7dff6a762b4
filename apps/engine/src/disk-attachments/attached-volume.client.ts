import type { DiskDefinition } from '@clinker/agent-protocol';
import { isCinderError } from '@clinker/cinder';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { qosOfProfile } from '../disk-profiles/disk-io.limits';
import { Disk, type DiskId, type VolumeId } from '../disks/disk.entity';
import { BackendError } from '../errors/domain.errors';
import { Host } from '../hosts/host.entity';
import { allOf } from '../sagas/all.of';
import { outside } from '../sagas/step.errors';
import { DiskAttachment, VolumeAttachment } from './disk-attachment.entity';
import { diskDefinition } from './disk.definition';
import { VolumeConnectionClient } from './volume-connection.client';
import { VolumeForesight } from './volume-foresight.client';

/** A disk of a VM that runs on a host. */
export interface AttachedVolume {
  readonly vmId: string;
  readonly diskId: DiskId;
  readonly hostId: string;
  readonly providerId: string;
  readonly volumeId: VolumeId | null;
}

/** How the host is to open the volume, and Cinder's id for that. The definition may hold secrets: it is never stored. */
export interface ConnectedDisk {
  readonly definition: DiskDefinition;
  readonly cinderAttachmentId: string;
}

const useOf = ({ providerId, vmId, volumeId, diskId }: AttachedVolume) => {
  if (volumeId === null) throw new BackendError(`Disk ${diskId} has no volume.`);
  return { providerId, vmId, volumeId };
};

/** The volume of one disk of a running VM, in Cinder. Every method may be repeated. */
@Injectable()
export class AttachedVolumeClient {
  constructor(
    private readonly db: EntityManager,
    private readonly connections: VolumeConnectionClient,
    private readonly foresight: VolumeForesight,
  ) {}

  /**
   * Finds the attachment of an earlier attempt, or makes one.
   * @param isFirst that there was no earlier attempt
   * @throws RetryLater, BackendError, UnsupportedError
   */
  async connect(at: AttachedVolume, isFirst = false): Promise<ConnectedDisk> {
    const { vmId, diskId, hostId, providerId } = at;
    const [host, disk, attachment] = await allOf([
      this.db.findOneByOrFail(Host, { id: hostId }),
      this.db.findOneByOrFail(Disk, { id: diskId }),
      this.db.findOneByOrFail(DiskAttachment, { vmId, diskId }),
    ]);
    this.foresight.announce(disk, providerId, host.name);
    const attach = () => this.connections.attach(useOf(at), { host, readOnly: attachment.readOnly, isFirst });
    const { cinderAttachmentId, connectionInfo } = await outside('attach the volume in Cinder', attach);
    const qos = await qosOfProfile(this.db, disk.diskProfileId);
    const definition = diskDefinition({ disk, attachment, connectionInfo, providerId, bootOrder: null, qos });
    this.foresight.learn(disk, definition, providerId);
    return { definition, cinderAttachmentId };
  }

  /** Connects a volume that the VM has had until now, for the case that its disk was lost. @throws as {@link connect} */
  async reconnect(at: AttachedVolume): Promise<DiskDefinition> {
    const { vmId, diskId, hostId } = at;
    const { definition, cinderAttachmentId } = await this.connect(at);
    await this.db.update(VolumeAttachment, { vmId, diskId, hostId }, { cinderAttachmentId });
    return definition;
  }

  /** Says again that the VM has the disk. @throws RetryLater, BackendError */
  async confirm({ vmId, diskId, hostId, providerId }: AttachedVolume): Promise<void> {
    const row = await this.db.findOneBy(VolumeAttachment, { vmId, diskId, hostId });
    if (row?.cinderAttachmentId) await this.complete(providerId, row.cinderAttachmentId);
  }

  /** Says that the VM has the disk. An attachment that is gone was ended by a later operation. @throws RetryLater, BackendError */
  async complete(providerId: string, cinderAttachmentId: string): Promise<void> {
    await outside('complete the attachment in Cinder', async () => {
      try {
        await this.connections.complete(providerId, cinderAttachmentId);
      } catch (error) {
        if (!isCinderError(error, 'not_found')) throw error;
      }
    });
  }

  /** Ends the VM's use of the volume. Call it only when libvirt does not show the disk any more. @throws RetryLater, BackendError */
  async disconnect(at: AttachedVolume): Promise<void> {
    const { vmId, diskId, hostId } = at;
    await this.db.update(VolumeAttachment, { vmId, diskId, hostId }, { state: 'ending' });
    await outside('detach the volume in Cinder', () => this.connections.detach(useOf(at)));
  }
}

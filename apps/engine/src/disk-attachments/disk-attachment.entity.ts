import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { DiskId, VolumeId } from '../disks/disk.entity';

export type DiskInterface = 'virtio' | 'virtio_scsi';

/** A disk that belongs to a VM. Its id in the API is the disk's id. */
@Entity('disk_attachment')
export class DiskAttachment {
  @PrimaryColumn('uuid', { name: 'disk_id' })
  diskId!: DiskId;

  @PrimaryColumn('uuid', { name: 'vm_id' })
  vmId!: string;

  @Column('boolean')
  bootable!: boolean;

  @Column('text')
  interface!: DiskInterface;

  @Column('boolean', { name: 'read_only' })
  readOnly!: boolean;

  @Column('boolean', { name: 'pass_discard' })
  passDiscard!: boolean;

  /** True if the VM sees the disk, or will when it starts (oVirt's `active`). */
  @Column('boolean')
  plugged!: boolean;

  /** `locked` while the disk is being plugged or unplugged. */
  @Column('text')
  status!: 'ok' | 'locked';
}

/**
 * That a host uses a volume for a VM: our side of Cinder's attachment. The row is there before Cinder is asked, and goes only
 * after Cinder has let go: what is in this table may be attached, what is not is not.
 */
@Entity('volume_attachment')
export class VolumeAttachment {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'volume_id' })
  volumeId!: VolumeId;

  @Column('uuid', { name: 'disk_id' })
  diskId!: DiskId;

  @Column('uuid', { name: 'vm_id' })
  vmId!: string;

  @Column('uuid', { name: 'host_id' })
  hostId!: string;

  /** Cinder's id of the attachment, as soon as it is known. */
  @Column('uuid', { name: 'cinder_attachment_id', nullable: true })
  cinderAttachmentId!: string | null;

  @Column('text')
  state!: 'intended' | 'connected' | 'completed' | 'ending';
}

import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bytes } from '../database/columns';
import type { DiskId, VolumeId } from '../disks/disk.entity';

/** The memory of a VM at a snapshot, in a volume of its own; of one that is suspended it belongs to no snapshot, and its next run begins with it. */
@Entity('snapshot_memory')
export class SnapshotMemory {
  /** Its volume carries this id where those of disks carry the disk's. */
  @PrimaryColumn('uuid')
  id!: DiskId;

  @Column('uuid', { name: 'snapshot_id', nullable: true })
  snapshotId!: string | null;

  @Column('uuid', { name: 'vm_id' })
  vmId!: string;

  @Column('uuid', { name: 'storage_domain_id' })
  storageDomainId!: string;

  @Column('uuid', { name: 'provider_id' })
  providerId!: string;

  /** Null until Cinder has one. */
  @Column('uuid', { name: 'volume_id', nullable: true })
  volumeId!: VolumeId | null;

  /** Of the volume, in bytes. */
  @Column({ ...bytes, name: 'provisioned_size' })
  provisionedSize!: number;

  /** How much of the volume the memory takes, in bytes; 0 until it is there. */
  @Column({ ...bytes, name: 'image_bytes' })
  imageBytes!: number;

  /** Of which quota it takes storage; null for the default one. */
  @Column('uuid', { name: 'quota_id', nullable: true })
  quotaId!: string | null;

  /** True if the VM's next run begins with it. */
  @Column('boolean', { name: 'for_next_run' })
  forNextRun!: boolean;
}

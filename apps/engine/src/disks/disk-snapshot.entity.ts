import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bytes } from '../database/columns';
import type { DiskId, VolumeId } from './disk.entity';

/** The id of one disk in one snapshot of a VM: oVirt's image id. */
export type DiskSnapshotId = string & { readonly __brand: 'DiskSnapshotId' };

/** The id of a snapshot in Cinder. */
export type VolumeSnapshotId = string & { readonly __brand: 'VolumeSnapshotId' };

/** A disk as it was at a VM's snapshot: one snapshot in Cinder. */
@Entity('disk_snapshot')
export class DiskSnapshot {
  @PrimaryColumn('uuid')
  id!: DiskSnapshotId;

  /** The VM's snapshot that it is part of. */
  @Column('uuid', { name: 'snapshot_id' })
  snapshotId!: string;

  @Column('uuid', { name: 'disk_id' })
  diskId!: DiskId;

  /** The volume that it was taken of: not always the one that the disk has now. */
  @Column('uuid', { name: 'volume_id' })
  volumeId!: VolumeId;

  /** Null until Cinder has one. */
  @Column('uuid', { name: 'cinder_snapshot_id', nullable: true })
  cinderSnapshotId!: VolumeSnapshotId | null;

  /** The group in Cinder of whose snapshot it is part; null if it was taken by itself. */
  @Column('uuid', { name: 'cinder_group_id', nullable: true })
  cinderGroupId!: string | null;

  /** The disk's size then, in bytes. */
  @Column({ ...bytes, name: 'provisioned_size' })
  provisionedSize!: number;

  @Column('text')
  status!: 'ok' | 'locked';

  @Column('timestamptz', { name: 'creation_time' })
  creationTime!: Date;
}

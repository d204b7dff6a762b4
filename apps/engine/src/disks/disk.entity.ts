import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bytes } from '../database/columns';

/** A disk's id. Another type than VolumeId on purpose: the two part ways at the first snapshot commit. */
export type DiskId = string & { readonly __brand: 'DiskId' };

/** The id of a volume in Cinder. */
export type VolumeId = string & { readonly __brand: 'VolumeId' };

/** oVirt's statuses of a disk. `locked` is the lock between operations. */
export type DiskStatus = 'ok' | 'locked' | 'illegal';

@Entity('disk')
export class Disk {
  @PrimaryColumn('uuid')
  id!: DiskId;

  /** oVirt's name and alias: the same field. */
  @Column('text')
  name!: string;

  @Column('text')
  description!: string;

  @Column('uuid', { name: 'storage_domain_id' })
  storageDomainId!: string;

  /** The volume that the disk reads and writes now; null until Cinder has one. */
  @Column('uuid', { name: 'volume_id', nullable: true })
  volumeId!: VolumeId | null;

  /** The name of Cinder's volume type; null for Cinder's default. */
  @Column('text', { name: 'volume_type', nullable: true })
  volumeType!: string | null;

  /** How the disk may be used; null if nothing limits that. */
  @Column('uuid', { name: 'disk_profile_id', nullable: true })
  diskProfileId!: string | null;

  /** Bytes, whole GiB: Cinder knows nothing smaller. */
  @Column({ ...bytes, name: 'provisioned_size' })
  provisionedSize!: number;

  @Column('text')
  status!: DiskStatus;

  /** Why the disk is illegal, for people. */
  @Column('text', { name: 'status_reason', nullable: true })
  statusReason!: string | null;

  /** What the client calls it. The volume holds raw data. */
  @Column('text', { default: 'raw' })
  format!: 'raw' | 'cow';

  @Column('boolean')
  sparse!: boolean;

  @Column('boolean')
  shareable!: boolean;

  @Column('boolean', { name: 'wipe_after_delete' })
  wipeAfterDelete!: boolean;

  @Column('boolean', { name: 'propagate_errors' })
  propagateErrors!: boolean;

  /** The quota of which its size is taken. Chosen by the database if nobody does; null where there is none: in no data center. */
  @Column({ type: 'uuid', name: 'quota_id', nullable: true })
  quotaId!: string | null;

  /** The quota's data center. */
  @Column({ type: 'uuid', name: 'quota_data_center_id', nullable: true, insert: false, update: false })
  quotaDataCenterId!: string | null;

  @Column('timestamptz', { name: 'creation_time' })
  creationTime!: Date;
}

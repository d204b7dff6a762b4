import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { VolumeSnapshotId } from './disk-snapshot.entity';
import type { DiskId, VolumeId } from './disk.entity';

/** A snapshot that a volume had in Cinder before it became a disk. It belongs to no VM's snapshot, and goes with the disk. */
@Entity('imported_snapshot')
export class ImportedSnapshot {
  @PrimaryColumn('uuid', { name: 'cinder_snapshot_id' })
  cinderSnapshotId!: VolumeSnapshotId;

  @Column('uuid', { name: 'disk_id' })
  diskId!: DiskId;

  @Column('uuid', { name: 'volume_id' })
  volumeId!: VolumeId;

  @Column('text')
  name!: string;

  @Column('timestamptz', { name: 'creation_time' })
  creationTime!: Date;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { DiskId, VolumeId } from './disk.entity';

/**
 * A volume that a disk has beside its active one (`disk.volume_id`): `set_aside` is the one from before a preview, to which an undo returns;
 * `kept_for_snapshots` was retired by a commit and goes with the last Cinder snapshot of it. What is in this table is never surplus.
 */
@Entity('disk_volume')
export class DiskVolume {
  @PrimaryColumn('uuid', { name: 'volume_id' })
  volumeId!: VolumeId;

  @Column('uuid', { name: 'disk_id' })
  diskId!: DiskId;

  @Column('uuid', { name: 'provider_id' })
  providerId!: string;

  @Column('text')
  role!: 'set_aside' | 'kept_for_snapshots';
}

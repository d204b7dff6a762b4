import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bytes } from '../database/columns';

/** oVirt's statuses of a storage domain. `unattached` goes with no data center; the others with one. */
export type StorageDomainStatus =
  'unattached' | 'locked' | 'active' | 'inactive' | 'maintenance' | 'activating' | 'preparing_for_maintenance' | 'detaching';

/** Where disks live: one domain for each volume provider (type `volume`, storage `cinder`). */
@Entity('storage_domain')
export class StorageDomain {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  @Column('text')
  description!: string;

  @Column('text')
  comment!: string;

  @Column('text')
  type!: 'volume';

  @Column('text', { name: 'storage_type' })
  storageType!: 'cinder';

  @Column('uuid', { name: 'provider_id' })
  providerId!: string;

  @Column('uuid', { name: 'data_center_id', nullable: true })
  dataCenterId!: string | null;

  @Column('text')
  status!: StorageDomainStatus;

  /** Bytes that Cinder's pools report as free; null if they say `infinite` or `unknown`. */
  @Column({ ...bytes, name: 'available_bytes', nullable: true })
  availableBytes!: number | null;

  @Column({ ...bytes, name: 'used_bytes', nullable: true })
  usedBytes!: number | null;
}

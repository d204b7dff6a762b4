import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How disks of a storage domain may be used. */
@Entity('disk_profile')
export class DiskProfile {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  @Column('text')
  description!: string;

  @Column('text')
  comment!: string;

  @Column('uuid', { name: 'storage_domain_id' })
  storageDomainId!: string;

  /** Limits for the disks that have this profile. */
  @Column('uuid', { name: 'qos_id', nullable: true })
  qosId!: string | null;
}

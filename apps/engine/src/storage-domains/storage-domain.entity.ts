import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bytes } from '../database/columns';

/** oVirt's statuses of a storage domain, those that it can have here. `unattached` goes with no data center; the others with one. */
export type StorageDomainStatus = 'unattached' | 'active' | 'inactive' | 'maintenance' | 'activating' | 'preparing_for_maintenance';

/** oVirt's external_status: what is known of the domain's Cinder. With `error` an active domain becomes inactive. */
export type ExternalStatus = 'ok' | 'warning' | 'error';

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

  @Column('text', { name: 'external_status', default: 'ok' })
  externalStatus!: ExternalStatus;

  /** Percent of its size: with less free, an event warns. */
  @Column('int', { name: 'warning_low_space_indicator', default: 10 })
  warningLowSpaceIndicator!: number;

  /** GiB: with less free, disks are neither added nor extended. */
  @Column('int', { name: 'critical_space_action_blocker', default: 5 })
  criticalSpaceActionBlocker!: number;
}

/** What was seen of a domain's Cinder since its status last changed. */
@Entity('storage_domain_health')
export class StorageDomainHealth {
  @PrimaryColumn('uuid', { name: 'storage_domain_id' })
  storageDomainId!: string;

  /** How many looks in a row have contradicted the external status. */
  @Column('int', { name: 'contrary_looks' })
  contraryLooks!: number;

  /** True after the event that warned of little free space. */
  @Column('boolean', { name: 'low_space' })
  lowSpace!: boolean;

  @Column('timestamptz', { name: 'looked_at' })
  lookedAt!: Date;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { UnappliedSettings } from '../http/unapplied.settings';

/** oVirt's modes of quotas. */
export type QuotaMode = 'disabled' | 'audit' | 'enabled';

/** A data center: what storage domains are attached to and clusters belong to. */
@Entity('data_center')
export class DataCenter {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  @Column('text')
  description!: string;

  @Column('text')
  comment!: string;

  /** Whether the quotas are enforced, only told of by events, or neither. */
  @Column('text', { name: 'quota_mode', default: 'disabled' })
  quotaMode!: QuotaMode;

  /** Where its new clusters get MAC addresses from. */
  @Column('uuid', { name: 'mac_pool_id' })
  macPoolId!: string;

  /** What clients gave that changes nothing here. */
  @Column('jsonb')
  unapplied!: UnappliedSettings;
}

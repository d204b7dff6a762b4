import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { UnappliedSettings } from '../http/unapplied.settings';

/** Hosts among which a VM may be placed. */
@Entity('cluster')
export class Cluster {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  @Column('text')
  description!: string;

  @Column('text')
  comment!: string;

  @Column('uuid', { name: 'data_center_id' })
  dataCenterId!: string;

  @Column('text', { name: 'cpu_architecture' })
  cpuArchitecture!: string;

  /** Where the MAC addresses of its VMs come from. */
  @Column('uuid', { name: 'mac_pool_id' })
  macPoolId!: string;

  /** What clients gave that changes nothing here. */
  @Column('jsonb')
  unapplied!: UnappliedSettings;
}

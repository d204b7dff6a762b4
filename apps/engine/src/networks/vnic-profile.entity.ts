import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { UnappliedSettings } from '../http/unapplied.settings';

/** How an interface of a VM is connected to a network. */
@Entity('vnic_profile')
export class VnicProfile {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  @Column('text')
  description!: string;

  @Column('text')
  comment!: string;

  @Column('uuid', { name: 'network_id' })
  networkId!: string;

  @Column('boolean', { name: 'port_mirroring' })
  portMirroring!: boolean;

  /** What clients gave that changes nothing here. */
  @Column('jsonb')
  unapplied!: UnappliedSettings;
}

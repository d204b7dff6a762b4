import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bytes } from '../database/columns';
import type { UnappliedSettings } from '../http/unapplied.settings';

/** A size of VMs with a name. */
@Entity('instance_type')
export class InstanceType {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  @Column('text')
  description!: string;

  @Column('text')
  comment!: string;

  @Column({ ...bytes })
  memory!: number;

  @Column('int')
  sockets!: number;

  @Column('int')
  cores!: number;

  @Column('int')
  threads!: number;

  /** VMs of the type are started again when they end otherwise than somebody wanted. */
  @Column('boolean', { name: 'highly_available', default: false })
  highlyAvailable!: boolean;

  @Column('int', { name: 'ha_priority', default: 0 })
  haPriority!: number;

  @Column('timestamptz', { name: 'creation_time' })
  creationTime!: Date;

  /** What clients gave that changes nothing here. */
  @Column('jsonb')
  unapplied!: UnappliedSettings;
}

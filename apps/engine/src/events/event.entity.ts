import { Column, Entity, PrimaryGeneratedColumn } from 'typeorm';

export type EventSeverity = 'normal' | 'warning' | 'error' | 'alert';

/** Something that operators may want to know. Ids grow. */
@Entity('event')
export class Event {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  id!: string;

  /** oVirt's audit log code where it has one for the matter. */
  @Column('int')
  code!: number;

  @Column('text')
  severity!: EventSeverity;

  @Column('timestamptz')
  time!: Date;

  @Column('text')
  description!: string;

  @Column('text', { name: 'correlation_id', nullable: true })
  correlationId!: string | null;

  @Column('text')
  origin!: string;

  @Column('int', { name: 'custom_id' })
  customId!: number;

  /** Put out of sight; a search for deleted events still finds it. */
  @Column('boolean')
  deleted!: boolean;

  @Column('uuid', { name: 'user_id', nullable: true })
  userId!: string | null;

  @Column('uuid', { name: 'data_center_id', nullable: true })
  dataCenterId!: string | null;

  @Column('uuid', { name: 'cluster_id', nullable: true })
  clusterId!: string | null;

  @Column('uuid', { name: 'host_id', nullable: true })
  hostId!: string | null;

  @Column('uuid', { name: 'storage_domain_id', nullable: true })
  storageDomainId!: string | null;

  @Column('uuid', { name: 'vm_id', nullable: true })
  vmId!: string | null;

  @Column('uuid', { name: 'disk_id', nullable: true })
  diskId!: string | null;

  @Column('uuid', { name: 'template_id', nullable: true })
  templateId!: string | null;
}

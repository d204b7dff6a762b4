import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Limits of the use of storage that disk profiles point at. Null: no such limit. */
@Entity('qos')
export class Qos {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'data_center_id' })
  dataCenterId!: string;

  @Column('text')
  name!: string;

  @Column('text')
  description!: string;

  /** MiB a second, reading and writing together; as the next two. */
  @Column('int', { name: 'max_throughput', nullable: true })
  maxThroughput!: number | null;

  @Column('int', { name: 'max_read_throughput', nullable: true })
  maxReadThroughput!: number | null;

  @Column('int', { name: 'max_write_throughput', nullable: true })
  maxWriteThroughput!: number | null;

  /** Operations a second, reading and writing together; as the next two. */
  @Column('int', { name: 'max_iops', nullable: true })
  maxIops!: number | null;

  @Column('int', { name: 'max_read_iops', nullable: true })
  maxReadIops!: number | null;

  @Column('int', { name: 'max_write_iops', nullable: true })
  maxWriteIops!: number | null;
}

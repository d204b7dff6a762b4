import { Column, Entity, PrimaryColumn } from 'typeorm';

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
}

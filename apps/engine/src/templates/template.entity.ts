import { Column, Entity, PrimaryColumn } from 'typeorm';

/** oVirt's id of the Blank template. */
export const BLANK_TEMPLATE_ID = '00000000-0000-0000-0000-000000000000';

/** What a VM is made from. */
@Entity('template')
export class Template {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  @Column('text')
  description!: string;

  @Column('text')
  comment!: string;

  @Column('text')
  status!: 'ok' | 'locked' | 'illegal';

  @Column('timestamptz', { name: 'creation_time' })
  creationTime!: Date;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A mark that users put on objects. Tags form a tree. */
@Entity('tag')
export class Tag {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  @Column('text')
  description!: string;

  /** Null for the root only. */
  @Column('uuid', { name: 'parent_id', nullable: true })
  parentId!: string | null;
}

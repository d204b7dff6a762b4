import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A search that users want to find again. */
@Entity('bookmark')
export class Bookmark {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  /** The search, e.g. `vms: status=up`. */
  @Column('text')
  value!: string;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bytes } from '../database/columns';

/** What it is: one of Cinder's objects, or an image of the storage that Cinder does not show. */
export type LeftoverKind = 'volume' | 'snapshot' | 'group' | 'attachment' | 'image';

/** `suspected`: seen, but something may still be under way; `quarantined`: seen for so long that nothing can explain it. */
export type LeftoverStatus = 'suspected' | 'quarantined' | 'cleaning';

/** Something in the storage that carries our mark and that nothing here knows. */
@Entity('leftover')
export class Leftover {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'provider_id' })
  providerId!: string;

  @Column('text')
  kind!: LeftoverKind;

  /** Its id in Cinder, or the image as `pool/name`. */
  @Column('text', { name: 'resource_id' })
  resourceId!: string;

  @Column('text')
  name!: string;

  /** Why it counts as left over, for people. */
  @Column('text')
  reason!: string;

  @Column({ ...bytes, name: 'size_bytes', nullable: true })
  sizeBytes!: number | null;

  /** The disk that its mark names; it may be gone. */
  @Column('uuid', { name: 'disk_id', nullable: true })
  diskId!: string | null;

  /** The VM that an attachment is for; it may be gone. */
  @Column('uuid', { name: 'vm_id', nullable: true })
  vmId!: string | null;

  /** The id of the volume that a snapshot was taken of, or that an attachment attaches. */
  @Column('text', { name: 'parent_id', nullable: true })
  parentId!: string | null;

  @Column('text')
  status!: LeftoverStatus;

  /** Why it could not be cleaned up the last time. */
  @Column('text', { nullable: true })
  error!: string | null;

  @Column('timestamptz', { name: 'first_seen' })
  firstSeen!: Date;
}

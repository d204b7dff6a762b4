import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { PlaceReference } from './object.tree';
import type { Permit } from './permit.catalog';

/** A set of permits with a name. */
@Entity('role')
export class Role {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  @Column('text')
  description!: string;

  @Column('boolean')
  administrative!: boolean;

  @Column('boolean', { name: 'allows_viewing_children' })
  allowsViewingChildren!: boolean;

  /** One of oVirt's own, which nobody changes. */
  @Column('boolean')
  predefined!: boolean;
}

/** That a role has a permit. */
@Entity('role_permit')
export class RolePermit {
  @PrimaryColumn('uuid', { name: 'role_id' })
  roleId!: string;

  @PrimaryColumn('text')
  permit!: Permit;
}

/** That somebody has a role on an object, and so on all that is beneath it. */
@Entity('permission')
export class Permission {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'role_id' })
  roleId!: string;

  /** The user; null if it is a group's. */
  @Column('uuid', { name: 'account_id', nullable: true })
  accountId!: string | null;

  @Column('uuid', { name: 'group_id', nullable: true })
  groupId!: string | null;

  @Column('text', { name: 'object_type' })
  objectType!: PlaceReference['type'];

  @Column('uuid', { name: 'object_id' })
  objectId!: string;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A key that a user stores for the serial consoles of VMs. */
@Entity('ssh_public_key')
export class SshPublicKey {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'account_id' })
  accountId!: string;

  /** A line as in `authorized_keys`. */
  @Column('text')
  content!: string;
}

/** Something that a user interface keeps for its user. */
@Entity('user_option')
export class UserOption {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'account_id' })
  accountId!: string;

  @Column('text')
  name!: string;

  /** JSON, as the user interface wrote it. */
  @Column('text')
  content!: string;
}

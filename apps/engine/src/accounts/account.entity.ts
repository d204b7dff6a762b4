import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bytes } from '../database/columns';

/** Somebody who can log in: `<user_name>@<domain>`. */
@Entity('account')
export class Account {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text', { name: 'user_name' })
  userName!: string;

  /** The profile: who proves who this is. */
  @Column('text')
  domain!: string;

  /** Who this is at the provider of an external profile (the claim `sub`); null before the first log-in, and of built-in accounts. */
  @Column('text', { name: 'external_id', nullable: true })
  externalId!: string | null;

  /** scrypt, as `scrypt:<N>:<r>:<p>:<salt>:<hash>` in base64; empty while there is no password, and no log-in; always of external accounts. */
  @Column('text', { name: 'password_hash' })
  passwordHash!: string;

  /** The first name. */
  @Column('text')
  name!: string;

  @Column('text', { name: 'last_name' })
  lastName!: string;

  @Column('text')
  email!: string;

  @Column('text')
  department!: string;
}

/** A log-in. Only the token's SHA-256 is stored. */
@Entity('access_token')
export class AccessToken {
  @PrimaryColumn('text', { name: 'token_hash' })
  tokenHash!: string;

  @Column('uuid', { name: 'account_id' })
  accountId!: string;

  @Column('text')
  scope!: string;

  @Column('timestamptz', { name: 'expires_at' })
  expiresAt!: Date;

  /** How long (ms) it lives without use. */
  @Column({ ...bytes, name: 'lifetime_ms' })
  lifetimeMs!: number;
}

/** Accounts that are given rights together. */
@Entity('account_group')
export class AccountGroup {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  @Column('text')
  domain!: string;
}

/** An account is in a group. Groups hold no groups. */
@Entity('account_group_member')
export class AccountGroupMember {
  @PrimaryColumn('uuid', { name: 'account_id' })
  accountId!: string;

  @PrimaryColumn('uuid', { name: 'group_id' })
  groupId!: string;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Somebody who can log in: `<user_name>@<domain>`. */
@Entity('account')
export class Account {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text', { name: 'user_name' })
  userName!: string;

  @Column('text')
  domain!: string;

  /** scrypt, as `scrypt:<N>:<r>:<p>:<salt>:<hash>` in base64. */
  @Column('text', { name: 'password_hash' })
  passwordHash!: string;
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
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `ALTER TABLE account ADD COLUMN name text NOT NULL DEFAULT '', ADD COLUMN last_name text NOT NULL DEFAULT '',
     ADD COLUMN email text NOT NULL DEFAULT '', ADD COLUMN department text NOT NULL DEFAULT ''`,
  `UPDATE account SET name = user_name`,
  `CREATE INDEX account_name_search ON account (lower(user_name) COLLATE "C", id)`,
  `ALTER TABLE access_token ADD COLUMN lifetime_ms bigint NOT NULL DEFAULT 3600000 CHECK (lifetime_ms > 0),
     ADD COLUMN issued_at timestamptz NOT NULL DEFAULT clock_timestamp()`,
  `CREATE INDEX access_token_account ON access_token (account_id, issued_at)`,
  `CREATE TABLE account_group (id uuid PRIMARY KEY, name text NOT NULL, domain text NOT NULL, UNIQUE (name, domain))`,
  `CREATE TABLE account_group_member (account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
     group_id uuid NOT NULL REFERENCES account_group ON DELETE CASCADE, PRIMARY KEY (account_id, group_id))`,
  `CREATE INDEX account_group_member_group ON account_group_member (group_id)`,
];

const DOWN = [
  `DROP TABLE account_group_member, account_group`,
  `DROP INDEX access_token_account, account_name_search`,
  `ALTER TABLE access_token DROP COLUMN lifetime_ms, DROP COLUMN issued_at`,
  `ALTER TABLE account DROP COLUMN name, DROP COLUMN last_name, DROP COLUMN email, DROP COLUMN department`,
];

/** Names of users, their groups, and log-ins that live for different times. */
export class Accounts1770000010000 implements MigrationInterface {
  readonly name = 'Accounts1770000010000';

  async up(db: QueryRunner): Promise<void> {
    for (const statement of UP) await db.query(statement);
  }

  async down(db: QueryRunner): Promise<void> {
    for (const statement of DOWN) await db.query(statement);
  }
}

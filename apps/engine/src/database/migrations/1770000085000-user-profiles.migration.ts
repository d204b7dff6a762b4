import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = [
  `CREATE TABLE ssh_public_key (id uuid PRIMARY KEY, account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE, content text NOT NULL)`,
  `CREATE INDEX ON ssh_public_key (account_id)`,
  `CREATE TABLE user_option (id uuid PRIMARY KEY, account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE, name text NOT NULL, content text NOT NULL,
     UNIQUE (account_id, name))`,
];

/** What users keep for themselves: keys for the consoles of their VMs, and the choices of user interfaces. */
export class UserProfiles1770000085000 implements MigrationInterface {
  readonly name = 'UserProfiles1770000085000';

  async up(db: QueryRunner): Promise<void> {
    for (const statement of TABLES) await db.query(statement);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE ssh_public_key, user_option');
  }
}

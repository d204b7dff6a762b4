import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `CREATE TABLE log_in_code (code_hash text PRIMARY KEY, account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE,
  redirect_uri text NOT NULL, challenge text NOT NULL, scope text NOT NULL, expires_at timestamptz NOT NULL)`;

/** Who has logged in by a browser is known by a code, until a program has fetched the token for it. */
export class LogInCodes1770000300001 implements MigrationInterface {
  readonly name = 'LogInCodes1770000300001';

  async up(db: QueryRunner): Promise<void> {
    await db.query(UP);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE log_in_code');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts of an OpenID provider are known by their id there: names change, and are given to others. */
export class ExternalAccounts1770000300000 implements MigrationInterface {
  readonly name = 'ExternalAccounts1770000300000';

  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE account ADD COLUMN external_id text, ADD CONSTRAINT account_external UNIQUE (domain, external_id)');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE account DROP COLUMN external_id');
  }
}

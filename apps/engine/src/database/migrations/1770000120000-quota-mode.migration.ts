import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether a data center enforces its quotas, only tells of them, or neither. */
export class QuotaMode1770000120000 implements MigrationInterface {
  readonly name = 'QuotaMode1770000120000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(
      `ALTER TABLE data_center ADD COLUMN quota_mode text NOT NULL DEFAULT 'disabled' CHECK (quota_mode IN ('disabled', 'audit', 'enabled'))`,
    );
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE data_center DROP COLUMN quota_mode');
  }
}

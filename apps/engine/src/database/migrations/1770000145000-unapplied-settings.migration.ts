import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Settings of VMs, and the format of disks, which change nothing here and are shown as clients gave them. */
export class UnappliedSettings1770000145000 implements MigrationInterface {
  readonly name = 'UnappliedSettings1770000145000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE vm ADD COLUMN unapplied jsonb NOT NULL DEFAULT '{}'`);
    await db.query(`ALTER TABLE disk ADD COLUMN format text NOT NULL DEFAULT 'raw' CHECK (format IN ('raw', 'cow'))`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE disk DROP COLUMN format');
    await db.query('ALTER TABLE vm DROP COLUMN unapplied');
  }
}

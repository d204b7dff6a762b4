import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Settings that a VM gets back when a run ends for which others were asked: whoever makes it down gives them back in the same statement. */
export class RunOnce1770000151000 implements MigrationInterface {
  readonly name = 'RunOnce1770000151000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE vm ADD COLUMN run_once jsonb,
      ADD CONSTRAINT nothing_deviates_while_down CHECK (run_once IS NULL OR status NOT IN ('down', 'image_locked'))`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE vm DROP COLUMN run_once');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Changes of a VM that wait for the end of its run: whoever makes it down applies them in the same statement. */
export class NextRun1770000150000 implements MigrationInterface {
  readonly name = 'NextRun1770000150000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE vm ADD COLUMN next_run jsonb,
      ADD CONSTRAINT nothing_waits_while_down CHECK (next_run IS NULL OR status NOT IN ('down', 'image_locked'))`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE vm DROP COLUMN next_run');
  }
}

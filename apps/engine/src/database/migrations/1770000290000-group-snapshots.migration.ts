import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The group in Cinder that a disk's snapshot was taken with. */
export class GroupSnapshots1770000290000 implements MigrationInterface {
  readonly name = 'GroupSnapshots1770000290000';

  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE disk_snapshot ADD COLUMN cinder_group_id uuid');
    await db.query('CREATE INDEX ON disk_snapshot (cinder_group_id) WHERE cinder_group_id IS NOT NULL');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE disk_snapshot DROP COLUMN cinder_group_id');
  }
}

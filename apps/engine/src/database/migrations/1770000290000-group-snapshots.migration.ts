import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `ALTER TABLE disk_snapshot ADD COLUMN cinder_group_id uuid`,
  `CREATE INDEX ON disk_snapshot (cinder_group_id) WHERE cinder_group_id IS NOT NULL`,
  `ALTER TABLE leftover DROP CONSTRAINT leftover_kind_check,
     ADD CHECK (kind IN ('volume', 'snapshot', 'group', 'attachment', 'image'))`,
];

const DOWN = [
  `ALTER TABLE disk_snapshot DROP COLUMN cinder_group_id`,
  `DELETE FROM leftover WHERE kind = 'group'`,
  `ALTER TABLE leftover DROP CONSTRAINT leftover_kind_check, ADD CHECK (kind IN ('volume', 'snapshot', 'attachment', 'image'))`,
];

/** The group in Cinder that a disk's snapshot was taken with; one that nobody knows is left over. */
export class GroupSnapshots1770000290000 implements MigrationInterface {
  readonly name = 'GroupSnapshots1770000290000';

  async up(db: QueryRunner): Promise<void> {
    for (const statement of UP) await db.query(statement);
  }

  async down(db: QueryRunner): Promise<void> {
    for (const statement of DOWN) await db.query(statement);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATEMENTS = [
  `CREATE TABLE imported_snapshot (cinder_snapshot_id uuid PRIMARY KEY, disk_id uuid NOT NULL REFERENCES disk ON DELETE CASCADE, volume_id uuid NOT NULL,
     name text NOT NULL, creation_time timestamptz NOT NULL)`,
  `CREATE INDEX ON imported_snapshot (disk_id)`,
];

/** Snapshots that volumes had when they became disks. */
export class ImportedSnapshots1770000053000 implements MigrationInterface {
  readonly name = 'ImportedSnapshots1770000053000';

  async up(db: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await db.query(statement);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE imported_snapshot');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

const LIMITS = ['max_throughput', 'max_read_throughput', 'max_write_throughput', 'max_iops', 'max_read_iops', 'max_write_iops'];

const STATEMENTS = [
  `CREATE TABLE qos (id uuid PRIMARY KEY, data_center_id uuid NOT NULL REFERENCES data_center ON DELETE CASCADE, name text NOT NULL, description text NOT NULL DEFAULT '',
     ${LIMITS.map((name) => `${name} int CHECK (${name} > 0)`).join(', ')}, UNIQUE (data_center_id, name),
     CHECK (max_throughput IS NULL OR (max_read_throughput IS NULL AND max_write_throughput IS NULL)),
     CHECK (max_iops IS NULL OR (max_read_iops IS NULL AND max_write_iops IS NULL)))`,
  `ALTER TABLE disk_profile ADD COLUMN qos_id uuid REFERENCES qos ON DELETE SET NULL`,
  `CREATE INDEX ON disk_profile (qos_id)`,
  `ALTER TABLE disk ADD COLUMN disk_profile_id uuid REFERENCES disk_profile`,
  `CREATE INDEX ON disk (disk_profile_id)`,
];

/** Limits of the use of storage, and the way from a disk to them. */
export class StorageQos1770000052000 implements MigrationInterface {
  readonly name = 'StorageQos1770000052000';

  async up(db: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await db.query(statement);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE disk DROP COLUMN disk_profile_id');
    await db.query('ALTER TABLE disk_profile DROP COLUMN qos_id');
    await db.query('DROP TABLE qos');
  }
}

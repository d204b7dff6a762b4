import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLE = [
  `CREATE TABLE snapshot_memory (id uuid PRIMARY KEY, snapshot_id uuid NOT NULL UNIQUE REFERENCES vm_snapshot ON DELETE CASCADE,
     vm_id uuid NOT NULL REFERENCES vm ON DELETE CASCADE, storage_domain_id uuid NOT NULL REFERENCES storage_domain ON DELETE CASCADE,
     provider_id uuid NOT NULL REFERENCES volume_provider ON DELETE CASCADE, volume_id uuid UNIQUE, provisioned_size bigint NOT NULL CHECK (provisioned_size > 0),
     image_bytes bigint NOT NULL DEFAULT 0, quota_id uuid REFERENCES quota, for_next_run boolean NOT NULL DEFAULT false)`,
  `CREATE INDEX ON snapshot_memory (vm_id)`,
  `CREATE INDEX ON snapshot_memory (quota_id)`,
  `CREATE UNIQUE INDEX one_memory_for_next_run ON snapshot_memory (vm_id) WHERE for_next_run`,
];

/** The memory of VMs at their snapshots, each in a volume of its own. */
export class SnapshotMemory1770000140000 implements MigrationInterface {
  readonly name = 'SnapshotMemory1770000140000';

  async up(db: QueryRunner): Promise<void> {
    for (const statement of TABLE) await db.query(statement);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE snapshot_memory');
  }
}

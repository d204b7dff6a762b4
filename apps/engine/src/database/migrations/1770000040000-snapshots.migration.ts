import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = [
  `CREATE TABLE disk_volume (volume_id uuid PRIMARY KEY, disk_id uuid NOT NULL REFERENCES disk ON DELETE CASCADE,
     provider_id uuid NOT NULL REFERENCES volume_provider ON DELETE CASCADE, role text NOT NULL CHECK (role IN ('set_aside', 'kept_for_snapshots')))`,
  `CREATE INDEX ON disk_volume (disk_id)`,
  `CREATE UNIQUE INDEX one_volume_set_aside ON disk_volume (disk_id) WHERE role = 'set_aside'`,
  `CREATE TABLE vm_snapshot (id uuid PRIMARY KEY, vm_id uuid NOT NULL REFERENCES vm ON DELETE CASCADE, description text NOT NULL DEFAULT '',
     type text NOT NULL CHECK (type IN ('regular', 'preview', 'stateless')), status text NOT NULL CHECK (status IN ('ok', 'locked', 'in_preview')),
     persist_memorystate boolean NOT NULL DEFAULT false, configuration jsonb NOT NULL, creation_time timestamptz NOT NULL DEFAULT now())`,
  `CREATE INDEX ON vm_snapshot (vm_id)`,
  `CREATE UNIQUE INDEX one_vm_before_preview ON vm_snapshot (vm_id) WHERE type = 'preview'`,
  `CREATE UNIQUE INDEX one_snapshot_in_preview ON vm_snapshot (vm_id) WHERE status = 'in_preview'`,
  `CREATE TABLE disk_snapshot (id uuid PRIMARY KEY, snapshot_id uuid NOT NULL REFERENCES vm_snapshot ON DELETE CASCADE, disk_id uuid NOT NULL REFERENCES disk ON DELETE CASCADE,
     volume_id uuid NOT NULL, cinder_snapshot_id uuid UNIQUE, provisioned_size bigint NOT NULL CHECK (provisioned_size > 0),
     status text NOT NULL CHECK (status IN ('ok', 'locked', 'illegal')), creation_time timestamptz NOT NULL DEFAULT now(), UNIQUE (snapshot_id, disk_id))`,
  `CREATE INDEX ON disk_snapshot (disk_id)`,
  `CREATE INDEX ON disk_snapshot (volume_id)`,
];

/** Snapshots of VMs and their disks, and the volumes that disks have beside their active ones. */
export class Snapshots1770000040000 implements MigrationInterface {
  readonly name = 'Snapshots1770000040000';

  async up(db: QueryRunner): Promise<void> {
    for (const statement of TABLES) await db.query(statement);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE disk_snapshot, vm_snapshot, disk_volume');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `ALTER TABLE template ADD COLUMN cluster_id uuid CONSTRAINT template_cluster REFERENCES cluster, ADD COLUMN settings jsonb NOT NULL DEFAULT '{}',
     ADD COLUMN status_reason text, ADD COLUMN version_number int NOT NULL DEFAULT 0, ADD COLUMN version_name text NOT NULL DEFAULT '', ADD COLUMN base_template_id uuid`,
  `UPDATE template SET base_template_id = id`,
  `ALTER TABLE template ALTER COLUMN base_template_id SET NOT NULL, ADD CONSTRAINT template_base FOREIGN KEY (base_template_id) REFERENCES template,
     DROP CONSTRAINT template_name_key, ADD CONSTRAINT template_name UNIQUE (name, version_number)`,
  `CREATE INDEX ON template (base_template_id)`,
  `CREATE TABLE template_disk (disk_id uuid PRIMARY KEY REFERENCES disk ON DELETE CASCADE, template_id uuid NOT NULL REFERENCES template ON DELETE CASCADE,
     cinder_snapshot_id uuid, bootable boolean NOT NULL, interface text NOT NULL CHECK (interface IN ('virtio', 'virtio_scsi')),
     read_only boolean NOT NULL, pass_discard boolean NOT NULL, plugged boolean NOT NULL)`,
  `CREATE INDEX ON template_disk (template_id)`,
  `CREATE TABLE template_nic (id uuid PRIMARY KEY, template_id uuid NOT NULL REFERENCES template ON DELETE CASCADE, name text NOT NULL,
     interface text NOT NULL CHECK (interface IN ('e1000', 'rtl8139', 'rtl8139_virtio', 'virtio')), vnic_profile_id uuid REFERENCES vnic_profile ON DELETE SET NULL,
     linked boolean NOT NULL, plugged boolean NOT NULL, UNIQUE (template_id, name))`,
];

/** Templates with hardware, versions, disks and interfaces of their own. */
export class Templates1770000060000 implements MigrationInterface {
  readonly name = 'Templates1770000060000';

  async up(db: QueryRunner): Promise<void> {
    for (const statement of UP) await db.query(statement);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE template_nic, template_disk');
    await db.query(`DELETE FROM template WHERE id <> base_template_id OR cluster_id IS NOT NULL`);
    await db.query(`ALTER TABLE template DROP CONSTRAINT template_name, ADD CONSTRAINT template_name_key UNIQUE (name), DROP COLUMN cluster_id,
      DROP COLUMN settings, DROP COLUMN status_reason, DROP COLUMN version_number, DROP COLUMN version_name, DROP COLUMN base_template_id`);
  }
}

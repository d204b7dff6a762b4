import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE vm_pool (id uuid PRIMARY KEY, name text NOT NULL CONSTRAINT vm_pool_name UNIQUE, description text NOT NULL DEFAULT '', comment text NOT NULL DEFAULT '',
     cluster_id uuid NOT NULL REFERENCES cluster, template_id uuid NOT NULL REFERENCES template, type text NOT NULL CHECK (type IN ('automatic', 'manual')),
     stateful boolean NOT NULL, max_user_vms int NOT NULL CHECK (max_user_vms > 0), prestarted_vms int NOT NULL CHECK (prestarted_vms >= 0),
     status text NOT NULL CHECK (status IN ('ok', 'removing')), creation_time timestamptz NOT NULL DEFAULT now())`,
  `CREATE INDEX ON vm_pool (template_id)`,
  `CREATE TRIGGER forget_permissions AFTER DELETE ON vm_pool FOR EACH ROW EXECUTE FUNCTION forget_permissions()`,
  `ALTER TABLE vm ADD COLUMN vm_pool_id uuid CONSTRAINT vm_vm_pool REFERENCES vm_pool, ADD COLUMN has_run boolean NOT NULL DEFAULT false`,
  `CREATE INDEX ON vm (vm_pool_id)`,
  `CREATE TABLE vm_pool_user (vm_id uuid PRIMARY KEY REFERENCES vm ON DELETE CASCADE, account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE)`,
  `CREATE INDEX ON vm_pool_user (account_id)`,
  `CREATE TABLE vm_pool_disk (disk_id uuid PRIMARY KEY REFERENCES disk ON DELETE CASCADE, template_disk_id uuid NOT NULL REFERENCES template_disk)`,
];

/** Pools of VMs that are alike, and who has one of them. */
export class VmPools1770000065000 implements MigrationInterface {
  readonly name = 'VmPools1770000065000';

  async up(db: QueryRunner): Promise<void> {
    for (const statement of UP) await db.query(statement);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE vm_pool_disk, vm_pool_user');
    await db.query('ALTER TABLE vm DROP COLUMN vm_pool_id, DROP COLUMN has_run');
    await db.query('DROP TABLE vm_pool');
  }
}

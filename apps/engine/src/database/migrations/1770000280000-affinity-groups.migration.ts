import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = [
  `CREATE TABLE affinity_group (id uuid PRIMARY KEY, cluster_id uuid NOT NULL REFERENCES cluster ON DELETE CASCADE, name text NOT NULL,
     description text NOT NULL, priority float8 NOT NULL, vms_rule jsonb NOT NULL, hosts_rule jsonb NOT NULL, UNIQUE (cluster_id, name))`,
  `CREATE TABLE affinity_group_vm (group_id uuid NOT NULL REFERENCES affinity_group ON DELETE CASCADE,
     vm_id uuid NOT NULL REFERENCES vm ON DELETE CASCADE, PRIMARY KEY (group_id, vm_id))`,
  `CREATE INDEX ON affinity_group_vm (vm_id)`,
  `CREATE TABLE affinity_group_host (group_id uuid NOT NULL REFERENCES affinity_group ON DELETE CASCADE,
     host_id uuid NOT NULL REFERENCES host ON DELETE CASCADE, PRIMARY KEY (group_id, host_id))`,
  `CREATE INDEX ON affinity_group_host (host_id)`,
];

/** Groups of VMs that are to run together or apart, and of hosts that they are to have or not. */
export class AffinityGroups1770000280000 implements MigrationInterface {
  readonly name = 'AffinityGroups1770000280000';

  async up(db: QueryRunner): Promise<void> {
    for (const statement of UP) await db.query(statement);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE affinity_group_host, affinity_group_vm, affinity_group');
  }
}

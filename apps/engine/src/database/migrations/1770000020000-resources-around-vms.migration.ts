import type { MigrationInterface, QueryRunner } from 'typeorm';
import { DEFAULT_MAC_POOL_ID, MAC_OCTETS } from '../../networks/default.mac-pool';
import { ROOT_TAG_ID } from '../../tags/root.tag';

const TABLES = [
  `CREATE TABLE mac_pool (id uuid PRIMARY KEY, name text NOT NULL UNIQUE, description text NOT NULL DEFAULT '', comment text NOT NULL DEFAULT '',
     allow_duplicates boolean NOT NULL DEFAULT false)`,
  `CREATE TABLE mac_range (mac_pool_id uuid NOT NULL REFERENCES mac_pool ON DELETE CASCADE, first bigint NOT NULL, last bigint NOT NULL,
     PRIMARY KEY (mac_pool_id, first), CHECK (first <= last))`,
  `CREATE TABLE network (id uuid PRIMARY KEY, name text NOT NULL, description text NOT NULL DEFAULT '', comment text NOT NULL DEFAULT '',
     data_center_id uuid NOT NULL REFERENCES data_center ON DELETE CASCADE, vlan_id int CHECK (vlan_id BETWEEN 0 AND 4094), mtu int NOT NULL DEFAULT 0 CHECK (mtu >= 0),
     stp boolean NOT NULL DEFAULT false, vm_network boolean NOT NULL DEFAULT true, management boolean NOT NULL DEFAULT false, UNIQUE (data_center_id, name))`,
  `CREATE UNIQUE INDEX one_management_network ON network (data_center_id) WHERE management`,
  `CREATE TABLE vnic_profile (id uuid PRIMARY KEY, name text NOT NULL, description text NOT NULL DEFAULT '', comment text NOT NULL DEFAULT '',
     network_id uuid NOT NULL REFERENCES network ON DELETE CASCADE, port_mirroring boolean NOT NULL DEFAULT false, UNIQUE (network_id, name))`,
  `CREATE TABLE nic (id uuid PRIMARY KEY, vm_id uuid NOT NULL REFERENCES vm ON DELETE CASCADE, name text NOT NULL,
     interface text NOT NULL CHECK (interface IN ('e1000', 'rtl8139', 'rtl8139_virtio', 'virtio')), mac bigint NOT NULL, mac_pool_id uuid NOT NULL REFERENCES mac_pool,
     vnic_profile_id uuid CONSTRAINT nic_vnic_profile REFERENCES vnic_profile, linked boolean NOT NULL DEFAULT true, plugged boolean NOT NULL DEFAULT true, UNIQUE (vm_id, name))`,
  `CREATE INDEX ON nic (mac_pool_id, mac)`,
  `CREATE INDEX ON nic (vnic_profile_id)`,
  `CREATE TABLE tag (id uuid PRIMARY KEY, name text NOT NULL UNIQUE, description text NOT NULL DEFAULT '', parent_id uuid REFERENCES tag ON DELETE CASCADE,
     CHECK ((parent_id IS NULL) = (id = '${ROOT_TAG_ID}')))`,
  `CREATE INDEX ON tag (parent_id)`,
  `CREATE TABLE tag_assignment (tag_id uuid NOT NULL REFERENCES tag ON DELETE CASCADE, vm_id uuid REFERENCES vm ON DELETE CASCADE, host_id uuid REFERENCES host ON DELETE CASCADE,
     template_id uuid REFERENCES template ON DELETE CASCADE, account_id uuid REFERENCES account ON DELETE CASCADE,
     CHECK (num_nonnulls(vm_id, host_id, template_id, account_id) = 1))`,
  ...['vm_id', 'host_id', 'template_id', 'account_id'].flatMap((column) => [
    `CREATE UNIQUE INDEX tag_assignment_${column} ON tag_assignment (${column}, tag_id) WHERE ${column} IS NOT NULL`,
  ]),
  `CREATE INDEX ON tag_assignment (tag_id)`,
  `CREATE TABLE bookmark (id uuid PRIMARY KEY, name text NOT NULL UNIQUE, value text NOT NULL)`,
  `CREATE TABLE quota (id uuid PRIMARY KEY, data_center_id uuid NOT NULL REFERENCES data_center ON DELETE CASCADE, name text NOT NULL, description text NOT NULL DEFAULT '',
     cluster_soft_limit_pct int NOT NULL, cluster_hard_limit_pct int NOT NULL, storage_soft_limit_pct int NOT NULL, storage_hard_limit_pct int NOT NULL, UNIQUE (data_center_id, name))`,
  `CREATE TABLE quota_storage_limit (id uuid PRIMARY KEY, quota_id uuid NOT NULL REFERENCES quota ON DELETE CASCADE,
     storage_domain_id uuid REFERENCES storage_domain ON DELETE CASCADE, size_limit bigint NOT NULL CHECK (size_limit >= -1))`,
  `CREATE UNIQUE INDEX quota_storage_limit_subject ON quota_storage_limit (quota_id, COALESCE(storage_domain_id, quota_id))`,
  `CREATE TABLE quota_cluster_limit (id uuid PRIMARY KEY, quota_id uuid NOT NULL REFERENCES quota ON DELETE CASCADE,
     cluster_id uuid REFERENCES cluster ON DELETE CASCADE, vcpu_limit int NOT NULL CHECK (vcpu_limit >= -1), memory_limit double precision NOT NULL CHECK (memory_limit = -1 OR memory_limit >= 0))`,
  `CREATE UNIQUE INDEX quota_cluster_limit_subject ON quota_cluster_limit (quota_id, COALESCE(cluster_id, quota_id))`,
  `CREATE TABLE disk_profile (id uuid PRIMARY KEY, name text NOT NULL, description text NOT NULL DEFAULT '', comment text NOT NULL DEFAULT '',
     storage_domain_id uuid NOT NULL REFERENCES storage_domain ON DELETE CASCADE, UNIQUE (storage_domain_id, name))`,
  `CREATE TABLE instance_type (id uuid PRIMARY KEY, name text NOT NULL UNIQUE, description text NOT NULL DEFAULT '', comment text NOT NULL DEFAULT '',
     memory bigint NOT NULL CHECK (memory > 0), sockets int NOT NULL, cores int NOT NULL, threads int NOT NULL, creation_time timestamptz NOT NULL DEFAULT now())`,
  `CREATE TABLE external_job (id uuid PRIMARY KEY, description text NOT NULL, auto_cleared boolean NOT NULL, status text NOT NULL CHECK (status IN ('started', 'finished', 'failed')),
     correlation_id text NOT NULL, owner_id text, started_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now(), ended_at timestamptz,
     CHECK ((status = 'started') = (ended_at IS NULL)))`,
  `CREATE INDEX ON external_job (started_at)`,
  `CREATE TABLE external_step (id uuid PRIMARY KEY, job_id uuid NOT NULL REFERENCES external_job ON DELETE CASCADE, parent_step_id uuid REFERENCES external_step ON DELETE CASCADE,
     number int NOT NULL, description text NOT NULL, type text NOT NULL, status text NOT NULL CHECK (status IN ('started', 'finished', 'failed')),
     started_at timestamptz NOT NULL DEFAULT now(), ended_at timestamptz, UNIQUE (job_id, number))`,
];

/** Jobs are operations, and what others announce as their own work: one list for clients. */
const JOBS = `CREATE VIEW job AS
  SELECT id, description, CASE WHEN status IN ('running', 'undoing') THEN 'started' ELSE status END AS status, correlation_id, owner_id,
    started_at, COALESCE(ended_at, step_started_at) AS updated_at, ended_at, true AS auto_cleared, false AS external FROM operation
  UNION ALL
  SELECT id, description, status, correlation_id, owner_id, started_at, updated_at, ended_at, auto_cleared, true FROM external_job`;

/** The first two octets are oVirt's (56:6f); the next two are drawn, so that two installations on one wire do not collide. */
const DEFAULTS = [
  `INSERT INTO mac_pool (id, name, description) VALUES ('${DEFAULT_MAC_POOL_ID}', 'Default', 'Default MAC pool')`,
  `INSERT INTO mac_range SELECT '${DEFAULT_MAC_POOL_ID}', start, start + 65535
     FROM (SELECT (${MAC_OCTETS}::bigint << 32) + (floor(random() * 65536)::bigint << 16) AS start) drawn`,
  `ALTER TABLE cluster ADD COLUMN mac_pool_id uuid NOT NULL DEFAULT '${DEFAULT_MAC_POOL_ID}' CONSTRAINT cluster_mac_pool REFERENCES mac_pool`,
  `INSERT INTO tag (id, name, description) VALUES ('${ROOT_TAG_ID}', 'root', 'root')`,
  `INSERT INTO network (id, name, description, data_center_id, management) SELECT gen_random_uuid(), 'ovirtmgmt', 'Management Network', id, true FROM data_center`,
  `INSERT INTO vnic_profile (id, name, network_id) SELECT gen_random_uuid(), name, id FROM network`,
  `INSERT INTO disk_profile (id, name, storage_domain_id) SELECT gen_random_uuid(), name, id FROM storage_domain`,
  `INSERT INTO instance_type (id, name, description, memory, sockets, cores, threads) VALUES
     ('00000003-0003-0003-0003-0000000000be', 'Tiny', 'Tiny instance type', 512::bigint << 20, 1, 1, 1),
     ('00000005-0005-0005-0005-0000000002e6', 'Small', 'Small instance type', 2::bigint << 30, 1, 1, 1),
     ('00000007-0007-0007-0007-00000000010a', 'Medium', 'Medium instance type', 4::bigint << 30, 2, 1, 1),
     ('00000009-0009-0009-0009-0000000000f1', 'Large', 'Large instance type', 8::bigint << 30, 2, 1, 1),
     ('0000000b-000b-000b-000b-00000000021f', 'XLarge', 'Extra large instance type', 16::bigint << 30, 4, 1, 1)`,
];

/** Networks and what belongs to them, tags, bookmarks, quotas, profiles, instance types, and other people's jobs. */
export class ResourcesAroundVms1770000020000 implements MigrationInterface {
  readonly name = 'ResourcesAroundVms1770000020000';

  async up(db: QueryRunner): Promise<void> {
    for (const statement of [...TABLES, JOBS, ...DEFAULTS]) await db.query(statement);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP VIEW job');
    await db.query('ALTER TABLE cluster DROP COLUMN mac_pool_id');
    const names = TABLES.flatMap((statement) => /^CREATE TABLE (\w+)/.exec(statement)?.[1] ?? []);
    await db.query(`DROP TABLE ${names.reverse().join(', ')} CASCADE`);
  }
}

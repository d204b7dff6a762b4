import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Names, references and checks are the database's: what code forgets, it refuses. */
const TABLES = [
  `CREATE TABLE installation (id uuid PRIMARY KEY, secrets_version int NOT NULL DEFAULT 0, only_row boolean NOT NULL DEFAULT true UNIQUE CHECK (only_row))`,
  `CREATE TABLE account (id uuid PRIMARY KEY, user_name text NOT NULL, domain text NOT NULL, password_hash text NOT NULL, UNIQUE (user_name, domain))`,
  `CREATE TABLE access_token (token_hash text PRIMARY KEY, account_id uuid NOT NULL REFERENCES account ON DELETE CASCADE, scope text NOT NULL, expires_at timestamptz NOT NULL)`,
  `CREATE INDEX ON access_token (expires_at)`,
  `CREATE TABLE data_center (id uuid PRIMARY KEY, name text NOT NULL UNIQUE, description text NOT NULL DEFAULT '', comment text NOT NULL DEFAULT '')`,
  `CREATE TABLE cluster (id uuid PRIMARY KEY, name text NOT NULL UNIQUE, description text NOT NULL DEFAULT '', comment text NOT NULL DEFAULT '',
     data_center_id uuid NOT NULL REFERENCES data_center, cpu_architecture text NOT NULL)`,
  `CREATE TABLE template (id uuid PRIMARY KEY, name text NOT NULL UNIQUE, description text NOT NULL DEFAULT '', comment text NOT NULL DEFAULT '',
     status text NOT NULL CHECK (status IN ('ok', 'locked', 'illegal')), creation_time timestamptz NOT NULL DEFAULT now())`,
  `CREATE TABLE host (id uuid PRIMARY KEY, name text NOT NULL UNIQUE, cluster_id uuid NOT NULL REFERENCES cluster, comment text NOT NULL DEFAULT '', address text NOT NULL,
     status text NOT NULL CHECK (status IN ('up', 'non_responsive', 'non_operational', 'maintenance', 'initializing')),
     capabilities jsonb NOT NULL, agent_run_id text NOT NULL, heartbeat_at timestamptz NOT NULL, memory_free_bytes bigint NOT NULL DEFAULT 0, secret_uuids uuid[] NOT NULL DEFAULT '{}')`,
  `CREATE TABLE volume_provider (id uuid PRIMARY KEY, name text NOT NULL UNIQUE, description text NOT NULL DEFAULT '', url text, authentication_url text NOT NULL,
     requires_authentication boolean NOT NULL, username text NOT NULL, password_sealed text NOT NULL, tenant_name text NOT NULL,
     user_domain_name text NOT NULL, project_domain_name text NOT NULL, endpoint text CONSTRAINT volume_provider_endpoint UNIQUE, version int NOT NULL DEFAULT 1)`,
  `CREATE TABLE authentication_key (id uuid PRIMARY KEY, provider_id uuid NOT NULL REFERENCES volume_provider ON DELETE CASCADE, usage_type text NOT NULL CHECK (usage_type = 'ceph'),
     description text NOT NULL DEFAULT '', value_sealed text NOT NULL, creation_date timestamptz NOT NULL DEFAULT now())`,
  `CREATE TABLE storage_domain (id uuid PRIMARY KEY, name text NOT NULL UNIQUE, description text NOT NULL DEFAULT '', comment text NOT NULL DEFAULT '',
     type text NOT NULL, storage_type text NOT NULL, provider_id uuid NOT NULL UNIQUE REFERENCES volume_provider, data_center_id uuid REFERENCES data_center,
     status text NOT NULL CHECK (status IN ('unattached', 'locked', 'active', 'inactive', 'maintenance', 'activating', 'preparing_for_maintenance', 'detaching')),
     available_bytes bigint, used_bytes bigint, CHECK ((data_center_id IS NULL) = (status = 'unattached')))`,
  `CREATE TABLE disk (id uuid PRIMARY KEY, name text NOT NULL, description text NOT NULL DEFAULT '', storage_domain_id uuid NOT NULL REFERENCES storage_domain, volume_id uuid UNIQUE,
     volume_type text, provisioned_size bigint NOT NULL CHECK (provisioned_size > 0), status text NOT NULL CHECK (status IN ('ok', 'locked', 'illegal')), status_reason text,
     sparse boolean NOT NULL DEFAULT true, shareable boolean NOT NULL DEFAULT false, wipe_after_delete boolean NOT NULL DEFAULT false, propagate_errors boolean NOT NULL DEFAULT false,
     creation_time timestamptz NOT NULL DEFAULT now())`,
  `CREATE INDEX ON disk (storage_domain_id)`,
  `CREATE INDEX ON disk (name)`,
  `CREATE TABLE vm (id uuid PRIMARY KEY, name text NOT NULL UNIQUE, description text NOT NULL DEFAULT '', comment text NOT NULL DEFAULT '',
     cluster_id uuid NOT NULL REFERENCES cluster, template_id uuid NOT NULL REFERENCES template,
     status text NOT NULL CHECK (status IN ('down', 'wait_for_launch', 'powering_up', 'up', 'paused', 'powering_down', 'unknown', 'not_responding', 'image_locked')),
     stop_reason text NOT NULL DEFAULT '', type text NOT NULL, memory bigint NOT NULL, memory_guaranteed bigint NOT NULL, memory_max bigint NOT NULL,
     sockets int NOT NULL, cores int NOT NULL, threads int NOT NULL, os_type text NOT NULL, os_kernel text, os_initrd text, os_cmdline text, boot_devices text[] NOT NULL,
     delete_protected boolean NOT NULL DEFAULT false, stateless boolean NOT NULL DEFAULT false, host_id uuid REFERENCES host,
     creation_time timestamptz NOT NULL DEFAULT now(), start_time timestamptz, stop_time timestamptz, CHECK (memory_guaranteed <= memory), CHECK (memory <= memory_max))`,
  `CREATE INDEX ON vm (host_id)`,
  `CREATE TABLE disk_attachment (disk_id uuid NOT NULL REFERENCES disk ON DELETE CASCADE, vm_id uuid NOT NULL REFERENCES vm ON DELETE CASCADE, bootable boolean NOT NULL DEFAULT false,
     interface text NOT NULL CHECK (interface IN ('virtio', 'virtio_scsi')), read_only boolean NOT NULL DEFAULT false, pass_discard boolean NOT NULL DEFAULT false,
     plugged boolean NOT NULL, status text NOT NULL DEFAULT 'ok' CHECK (status IN ('ok', 'locked')), PRIMARY KEY (disk_id, vm_id))`,
  `CREATE INDEX ON disk_attachment (vm_id)`,
  `CREATE UNIQUE INDEX one_bootable_disk ON disk_attachment (vm_id) WHERE bootable`,
  `CREATE TABLE volume_attachment (id uuid PRIMARY KEY, volume_id uuid NOT NULL, disk_id uuid NOT NULL, vm_id uuid NOT NULL, host_id uuid NOT NULL, cinder_attachment_id uuid,
     state text NOT NULL CHECK (state IN ('intended', 'connected', 'completed', 'ending')), UNIQUE (volume_id, vm_id, host_id))`,
  `CREATE INDEX ON volume_attachment (vm_id)`,
  `CREATE INDEX ON volume_attachment (disk_id)`,
  `CREATE TABLE event (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code int NOT NULL, severity text NOT NULL CHECK (severity IN ('normal', 'warning', 'error', 'alert')),
     time timestamptz NOT NULL DEFAULT now(), description text NOT NULL, correlation_id text, origin text NOT NULL DEFAULT 'oVirt', custom_id int NOT NULL DEFAULT -1,
     user_id uuid, data_center_id uuid, cluster_id uuid, host_id uuid, storage_domain_id uuid, vm_id uuid, disk_id uuid, template_id uuid)`,
  `CREATE INDEX ON event (correlation_id)`,
];

/** The tables of the first release. The operations' own tables come with libs/sagas. */
export class FirstSchema1770000000000 implements MigrationInterface {
  readonly name = 'FirstSchema1770000000000';

  async up(db: QueryRunner): Promise<void> {
    for (const statement of TABLES) await db.query(statement);
  }

  async down(db: QueryRunner): Promise<void> {
    const names = TABLES.flatMap((statement) => /^CREATE TABLE (\w+)/.exec(statement)?.[1] ?? []);
    await db.query(`DROP TABLE ${names.reverse().join(', ')} CASCADE`);
  }
}

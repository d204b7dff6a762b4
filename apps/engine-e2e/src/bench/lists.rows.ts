import type { Client } from 'pg';
import { hashPassword } from '../../../engine/src/accounts/password-hash';

export const DISKS = 100_000;
export const VMS = 10_000;

/** Somebody who may use the VMs of the Default data center, and nothing else. */
export const USER_ID = 'c0000000-0000-4000-8000-000000000001';
export const USER_LOGIN = 'bench@internal';
export const USER_PASSWORD = 'not-a-secret-either';

const PROVIDER = 'e0000000-0000-4000-8000-000000000001';
const DOMAIN = '50000000-0000-4000-8000-000000000001';
const uuid = (prefix: string): string => `('${prefix}0000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid`;

/** Ten disks for each VM. The first letters of the disks' names run through the alphabet. */
const ROWS = [
  `INSERT INTO volume_provider (id, name, authentication_url, requires_authentication, username, password_sealed, tenant_name, user_domain_name, project_domain_name)
     VALUES ('${PROVIDER}', 'bench', 'http://127.0.0.1:9', true, 'u', 'p', 't', 'd', 'd')`,
  `INSERT INTO storage_domain (id, name, type, storage_type, provider_id, data_center_id, status)
     SELECT '${DOMAIN}', 'bench', 'volume', 'cinder', '${PROVIDER}', id, 'maintenance' FROM data_center`,
  `INSERT INTO disk (id, name, storage_domain_id, provisioned_size, status, volume_id)
     SELECT ${uuid('a')}, chr(97 + n % 26) || '-disk-' || md5(n::text), '${DOMAIN}', 1073741824, 'ok', ${uuid('b')} FROM generate_series(1, ${DISKS}) n`,
  `INSERT INTO vm (id, name, cluster_id, template_id, status, type, memory, memory_guaranteed, memory_max, sockets, cores, threads, os_type, boot_devices)
     SELECT ${uuid('f')}, 'vm-' || n, (SELECT id FROM cluster), '00000000-0000-0000-0000-000000000000', 'down', 'server',
       1073741824, 1073741824, 1073741824, 1, 1, 1, 'other', '{hd}' FROM generate_series(1, ${VMS}) n`,
  `INSERT INTO disk_attachment (disk_id, vm_id, interface, plugged)
     SELECT ${uuid('a')}, ('f0000000-0000-4000-8000-' || lpad(((n - 1) % ${VMS} + 1)::text, 12, '0'))::uuid, 'virtio', true FROM generate_series(1, ${DISKS}) n`,
];

/** Fills an engine's new database as a large installation would. */
export async function fill(db: Client): Promise<void> {
  for (const statement of ROWS) await db.query(statement);
  await db.query(`INSERT INTO account (id, user_name, name, domain, password_hash) VALUES ($1, 'bench', 'bench', 'internal', $2)`, [
    USER_ID,
    await hashPassword(USER_PASSWORD),
  ]);
  await db.query(
    `INSERT INTO permission (id, account_id, role_id, object_id, object_type)
       SELECT gen_random_uuid(), $1, r.id, d.id, 'data_center' FROM role r, data_center d WHERE r.name = 'UserVmManager'`,
    [USER_ID],
  );
  await db.query('ANALYZE');
}

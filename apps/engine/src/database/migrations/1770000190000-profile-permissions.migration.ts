import type { MigrationInterface, QueryRunner } from 'typeorm';
import { EVERYONE_ID } from '../../permissions/object.tree';

/** Tables of objects on which there can be permissions from now on. */
const OBJECTS = ['network', 'vnic_profile', 'quota', 'disk_profile', 'mac_pool'];

/** oVirt's roles of users of such objects. The engine fills in the rest when it starts. */
const ROLES = {
  VnicProfileUser: 'def0000a-0000-0000-0000-def000000010',
  DiskProfileUser: 'def00020-0000-0000-0000-abc000000010',
  QuotaConsumer: 'def0000a-0000-0000-0000-def00000000a',
  CpuProfileOperator: 'def00017-0000-0000-0000-def000000017',
  MacPoolUser: 'def00014-0000-0000-0000-def000000014',
} as const;

const everybody = (role: keyof typeof ROLES, type: string, ids: string): string =>
  `INSERT INTO permission (id, role_id, group_id, object_type, object_id)
     SELECT gen_random_uuid(), '${ROLES[role]}', '${EVERYONE_ID}', '${type}', given.id FROM (${ids}) given ON CONFLICT DO NOTHING`;

/** The id is that of nameBasedId('cpuprofiles', cluster). */
const CPU_PROFILES = [
  `CREATE FUNCTION cpu_profile_id(cluster uuid) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
     SELECT overlay(overlay(md5('cpuprofiles/' || cluster::text) PLACING '3' FROM 13) PLACING '8' FROM 17)::uuid $$`,
  `CREATE VIEW cpu_profile AS SELECT cpu_profile_id(id) AS id, id AS cluster_id FROM cluster`,
  `CREATE FUNCTION cluster_added() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
     ${everybody('CpuProfileOperator', 'cpu_profile', 'SELECT cpu_profile_id(NEW.id) AS id')}; RETURN NULL; END $$`,
  `CREATE TRIGGER cluster_added AFTER INSERT ON cluster FOR EACH ROW EXECUTE FUNCTION cluster_added()`,
  `CREATE FUNCTION forget_cpu_profile() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
     DELETE FROM permission WHERE object_id = cpu_profile_id(OLD.id); RETURN NULL; END $$`,
  `CREATE TRIGGER forget_cpu_profile AFTER DELETE ON cluster FOR EACH ROW EXECUTE FUNCTION forget_cpu_profile()`,
];

const DEFAULT_QUOTAS = [
  `CREATE FUNCTION default_quota_chosen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
     ${everybody('QuotaConsumer', 'quota', 'SELECT NEW.id AS id')}; RETURN NULL; END $$`,
  `CREATE TRIGGER default_quota_chosen AFTER INSERT OR UPDATE OF is_default ON quota FOR EACH ROW WHEN (NEW.is_default)
     EXECUTE FUNCTION default_quota_chosen()`,
];

/** What everybody could use before there were permissions: all profiles of interfaces, and of disks what a disk got that named none. */
const GIVEN = [
  everybody('VnicProfileUser', 'vnic_profile', 'SELECT id FROM vnic_profile'),
  everybody(
    'DiskProfileUser',
    'disk_profile',
    'SELECT DISTINCT ON (storage_domain_id) id FROM disk_profile ORDER BY storage_domain_id, name',
  ),
  everybody('QuotaConsumer', 'quota', 'SELECT id FROM quota WHERE is_default'),
  everybody('CpuProfileOperator', 'cpu_profile', 'SELECT id FROM cpu_profile'),
  everybody('MacPoolUser', 'mac_pool', 'SELECT id FROM mac_pool'),
];

const UP = [
  ...OBJECTS.map(
    (table) => `CREATE TRIGGER forget_permissions AFTER DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION forget_permissions()`,
  ),
  ...Object.entries(ROLES).map(
    ([name, id]) =>
      `INSERT INTO role (id, name, administrative, allows_viewing_children, predefined) VALUES ('${id}', '${name}', false, false, true) ON CONFLICT DO NOTHING`,
  ),
  ...CPU_PROFILES,
  ...DEFAULT_QUOTAS,
  ...GIVEN,
];

/** Permissions on networks, quotas, pools of MAC addresses and profiles. Who could use them goes on using them. */
export class ProfilePermissions1770000190000 implements MigrationInterface {
  readonly name = 'ProfilePermissions1770000190000';

  async up(db: QueryRunner): Promise<void> {
    for (const statement of UP) await db.query(statement);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DELETE FROM permission WHERE object_type = ANY($1)', [[...OBJECTS, 'cpu_profile']]);
    for (const table of OBJECTS) await db.query(`DROP TRIGGER forget_permissions ON ${table}`);
    await db.query('DROP TRIGGER default_quota_chosen ON quota');
    for (const trigger of ['cluster_added', 'forget_cpu_profile']) await db.query(`DROP TRIGGER ${trigger} ON cluster`);
    await db.query('DROP VIEW cpu_profile');
    for (const name of ['default_quota_chosen()', 'cluster_added()', 'forget_cpu_profile()', 'cpu_profile_id(uuid)'])
      await db.query(`DROP FUNCTION ${name}`);
  }
}

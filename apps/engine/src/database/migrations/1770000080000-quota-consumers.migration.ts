import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Each data center has one quota that limits nothing: for what says nothing of a quota. */
const DEFAULT_QUOTAS = [
  `ALTER TABLE quota ADD COLUMN is_default boolean NOT NULL DEFAULT false, ADD UNIQUE (id, data_center_id)`,
  `CREATE UNIQUE INDEX one_default_quota ON quota (data_center_id) WHERE is_default`,
  `CREATE FUNCTION add_default_quota(center uuid) RETURNS void LANGUAGE sql AS $$
     WITH added AS (
       INSERT INTO quota (id, data_center_id, name, description, cluster_soft_limit_pct, cluster_hard_limit_pct, storage_soft_limit_pct,
         storage_hard_limit_pct, is_default)
       VALUES (gen_random_uuid(), center, 'Default', 'Default unlimited quota', 80, 20, 80, 20, true)
       ON CONFLICT (data_center_id, name) DO UPDATE SET is_default = true RETURNING id),
     storage AS (
       INSERT INTO quota_storage_limit (id, quota_id, size_limit) SELECT gen_random_uuid(), id, -1 FROM added ON CONFLICT DO NOTHING)
     INSERT INTO quota_cluster_limit (id, quota_id, vcpu_limit, memory_limit) SELECT gen_random_uuid(), id, -1, -1 FROM added ON CONFLICT DO NOTHING
   $$`,
  `SELECT add_default_quota(id) FROM data_center`,
  `CREATE FUNCTION data_center_added() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM add_default_quota(NEW.id); RETURN NEW; END $$`,
  `CREATE TRIGGER data_center_added AFTER INSERT ON data_center FOR EACH ROW EXECUTE FUNCTION data_center_added()`,
];

/** The data center stands beside the quota, so that a link to it needs no look at another table. */
const COLUMNS = ['vm', 'disk'].map(
  (table) => `ALTER TABLE ${table} ADD COLUMN quota_id uuid, ADD COLUMN quota_data_center_id uuid,
    ADD CONSTRAINT ${table}_quota FOREIGN KEY (quota_id, quota_data_center_id) REFERENCES quota (id, data_center_id)`,
);
const INDEXES = ['vm (quota_id)', 'disk (quota_id)'].map((columns) => `CREATE INDEX ON ${columns}`);

const chosenQuota = (center: string): string => `
    SELECT id, data_center_id INTO NEW.quota_id, NEW.quota_data_center_id FROM quota
      WHERE data_center_id = (${center}) AND (id = NEW.quota_id OR is_default) ORDER BY id = NEW.quota_id DESC NULLS LAST LIMIT 1;`;

/** A VM or disk that says nothing, or that moves to where its quota or profile is not, gets that of its new place. */
const PLACES = [
  `CREATE FUNCTION vm_placed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    ${chosenQuota('SELECT data_center_id FROM cluster WHERE id = NEW.cluster_id')}
    RETURN NEW;
   END $$`,
  `CREATE TRIGGER vm_placed BEFORE INSERT OR UPDATE OF cluster_id, quota_id ON vm FOR EACH ROW EXECUTE FUNCTION vm_placed()`,
  `CREATE FUNCTION disk_placed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    ${chosenQuota('SELECT data_center_id FROM storage_domain WHERE id = NEW.storage_domain_id')}
    SELECT id INTO NEW.disk_profile_id FROM disk_profile WHERE storage_domain_id = NEW.storage_domain_id
      ORDER BY id = NEW.disk_profile_id DESC NULLS LAST, name LIMIT 1;
    RETURN NEW;
   END $$`,
  `CREATE TRIGGER disk_placed BEFORE INSERT OR UPDATE OF storage_domain_id, quota_id, disk_profile_id ON disk
     FOR EACH ROW EXECUTE FUNCTION disk_placed()`,
  `CREATE FUNCTION storage_domain_placed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE disk SET quota_id = quota_id WHERE storage_domain_id = NEW.id;
    RETURN NEW;
   END $$`,
  `CREATE TRIGGER storage_domain_placed AFTER UPDATE OF data_center_id ON storage_domain FOR EACH ROW
     WHEN (OLD.data_center_id IS DISTINCT FROM NEW.data_center_id) EXECUTE FUNCTION storage_domain_placed()`,
  `UPDATE vm SET quota_id = NULL`,
  `UPDATE disk SET quota_id = NULL`,
];

const FUNCTIONS = ['vm_placed', 'disk_placed', 'storage_domain_placed', 'data_center_added', 'add_default_quota(uuid)'];

/** Which quota a VM or disk belongs to, and that each disk has a profile: one of its place, always. Clients read the profile of every disk. */
export class QuotaConsumers1770000080000 implements MigrationInterface {
  readonly name = 'QuotaConsumers1770000080000';

  async up(db: QueryRunner): Promise<void> {
    for (const statement of [...DEFAULT_QUOTAS, ...COLUMNS, ...INDEXES, ...PLACES]) await db.query(statement);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TRIGGER vm_placed ON vm');
    await db.query('DROP TRIGGER disk_placed ON disk');
    await db.query('DROP TRIGGER data_center_added ON data_center');
    await db.query('DROP TRIGGER storage_domain_placed ON storage_domain');
    for (const name of FUNCTIONS) await db.query(`DROP FUNCTION ${name}`);
    for (const table of ['vm', 'disk']) await db.query(`ALTER TABLE ${table} DROP COLUMN quota_id, DROP COLUMN quota_data_center_id`);
    await db.query('DELETE FROM quota WHERE is_default');
    await db.query('ALTER TABLE quota DROP COLUMN is_default');
  }
}

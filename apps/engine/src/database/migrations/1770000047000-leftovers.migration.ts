import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = [
  `CREATE TABLE leftover (id uuid PRIMARY KEY, provider_id uuid NOT NULL REFERENCES volume_provider ON DELETE CASCADE,
     kind text NOT NULL CHECK (kind IN ('volume', 'snapshot', 'attachment', 'image')), resource_id text NOT NULL, name text NOT NULL, reason text NOT NULL,
     size_bytes bigint, disk_id uuid, vm_id uuid, parent_id text, status text NOT NULL CHECK (status IN ('suspected', 'quarantined', 'cleaning')),
     error text, first_seen timestamptz NOT NULL, UNIQUE (provider_id, kind, resource_id))`,
  `CREATE TABLE past_volume (id uuid PRIMARY KEY, gone_at timestamptz NOT NULL DEFAULT now())`,
  `CREATE INDEX ON past_volume (gone_at)`,
  `CREATE FUNCTION remember_volume() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF OLD.volume_id IS NOT NULL THEN
       INSERT INTO past_volume (id) VALUES (OLD.volume_id) ON CONFLICT (id) DO UPDATE SET gone_at = now();
     END IF;
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER remember_volume AFTER DELETE OR UPDATE OF volume_id ON disk FOR EACH ROW EXECUTE FUNCTION remember_volume()`,
  `CREATE TRIGGER remember_volume AFTER DELETE ON disk_volume FOR EACH ROW EXECUTE FUNCTION remember_volume()`,
];

/** What is left in the storage that nobody knows any more, and which volumes were ours: only those may be looked for there. */
export class Leftovers1770000047000 implements MigrationInterface {
  readonly name = 'Leftovers1770000047000';

  async up(db: QueryRunner): Promise<void> {
    for (const statement of TABLES) await db.query(statement);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION remember_volume CASCADE');
    await db.query('DROP TABLE past_volume, leftover');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a guest is told at its first start gets a place of its own, on VMs and in what templates and snapshots keep of them. */
export class Initialization1770000155000 implements MigrationInterface {
  readonly name = 'Initialization1770000155000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE vm ADD COLUMN initialization jsonb NOT NULL DEFAULT '{}'`);
    await db.query('ALTER TABLE vm ADD COLUMN initialized boolean NOT NULL DEFAULT false');
    await db.query('UPDATE vm SET initialized = start_time IS NOT NULL OR stop_time IS NOT NULL OR host_id IS NOT NULL');
    await db.query(`CREATE TABLE run_initialization (
      id uuid PRIMARY KEY,
      vm_id uuid NOT NULL REFERENCES vm ON DELETE CASCADE,
      sealed text NOT NULL
    )`);
    await db.query('CREATE INDEX run_initialization_vm ON run_initialization (vm_id)');
    await db.query(`UPDATE vm SET initialization = unapplied -> 'initialization', unapplied = unapplied - 'initialization'
      WHERE unapplied -> 'initialization' IS NOT NULL`);
    await db.query(moved('template', 'settings', ''));
    await db.query(moved('vm_snapshot', 'configuration', 'vm,'));
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE run_initialization');
    await db.query('ALTER TABLE vm DROP COLUMN initialized, DROP COLUMN initialization');
  }
}

/** @param path in the document to a VM's settings, with a comma after it */
const moved = (table: string, column: string, path: string): string => `UPDATE ${table} SET ${column} = jsonb_set(
    ${column} #- '{${path}unapplied,initialization}', '{${path}initialization}', ${column} #> '{${path}unapplied,initialization}')
  WHERE ${column} #> '{${path}unapplied,initialization}' IS NOT NULL`;

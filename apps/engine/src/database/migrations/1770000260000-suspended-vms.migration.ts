import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATUSES = ['down', 'wait_for_launch', 'powering_up', 'up', 'paused', 'powering_down', 'unknown', 'not_responding', 'image_locked'];
const list = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');

/** VMs that are suspended, and their memory: it belongs to no snapshot. */
export class SuspendedVms1770000260000 implements MigrationInterface {
  readonly name = 'SuspendedVms1770000260000';

  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE snapshot_memory ALTER COLUMN snapshot_id DROP NOT NULL');
    await this.allow(db, [...STATUSES, 'saving_state', 'suspended', 'restoring_state']);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`UPDATE vm SET status = 'down', next_run = NULL, run_once = NULL WHERE status NOT IN (${list(STATUSES)})`);
    await db.query('DELETE FROM snapshot_memory WHERE snapshot_id IS NULL');
    await this.allow(db, STATUSES);
    await db.query('ALTER TABLE snapshot_memory ALTER COLUMN snapshot_id SET NOT NULL');
  }

  private async allow(db: QueryRunner, statuses: readonly string[]): Promise<void> {
    await db.query('ALTER TABLE vm DROP CONSTRAINT vm_status_check');
    await db.query(`ALTER TABLE vm ADD CONSTRAINT vm_status_check CHECK (status IN (${list(statuses)}))`);
  }
}

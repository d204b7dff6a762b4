import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATUSES = ['up', 'non_responsive', 'non_operational', 'maintenance', 'initializing'];
const list = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');

/** A fence outlives the host's row: who removes a lost host must not let its guests go on if it comes back. */
const CREATE = `CREATE TABLE host_fence (host_name text PRIMARY KEY, fenced_at timestamptz NOT NULL, vm_ids uuid[] NOT NULL)`;

/** Hosts that were confirmed to be off. */
export class HostFences1770000046000 implements MigrationInterface {
  readonly name = 'HostFences1770000046000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(CREATE);
    await this.allow(db, [...STATUSES, 'down']);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`UPDATE host SET status = 'non_responsive' WHERE status = 'down'`);
    await this.allow(db, STATUSES);
    await db.query('DROP TABLE host_fence');
  }

  private async allow(db: QueryRunner, statuses: readonly string[]): Promise<void> {
    await db.query('ALTER TABLE host DROP CONSTRAINT host_status_check');
    await db.query(`ALTER TABLE host ADD CONSTRAINT host_status_check CHECK (status IN (${list(statuses)}))`);
  }
}

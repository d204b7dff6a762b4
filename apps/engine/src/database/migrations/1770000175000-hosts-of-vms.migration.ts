import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The hosts that a VM prefers, or is pinned to. */
export class HostsOfVms1770000175000 implements MigrationInterface {
  readonly name = 'HostsOfVms1770000175000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE vm ADD COLUMN placement_host_ids uuid[] NOT NULL DEFAULT '{}'`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE vm DROP COLUMN placement_host_ids');
  }
}

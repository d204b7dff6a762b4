import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Interfaces are locked while they are changed in a running guest. */
export class NicStatus1770000131000 implements MigrationInterface {
  readonly name = 'NicStatus1770000131000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE nic ADD COLUMN status text NOT NULL DEFAULT 'ok' CHECK (status IN ('ok', 'locked'))`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE nic DROP COLUMN status');
  }
}

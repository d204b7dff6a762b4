import type { MigrationInterface, QueryRunner } from 'typeorm';

/** VMs that are started again when they end otherwise than somebody wanted, and those that wait for it. */
export class HighAvailability1770000196000 implements MigrationInterface {
  readonly name = 'HighAvailability1770000196000';

  async up(db: QueryRunner): Promise<void> {
    const columns = `ADD COLUMN highly_available boolean NOT NULL DEFAULT false,
      ADD COLUMN ha_priority integer NOT NULL DEFAULT 0 CHECK (ha_priority BETWEEN 0 AND 100)`;
    await db.query(`ALTER TABLE vm ${columns}`);
    await db.query(`ALTER TABLE instance_type ${columns}`);
    await db.query(`CREATE TABLE vm_restart (
      vm_id uuid PRIMARY KEY REFERENCES vm ON DELETE CASCADE,
      reason text NOT NULL,
      since timestamptz NOT NULL,
      attempts integer NOT NULL,
      next_attempt_at timestamptz NOT NULL,
      operation_id uuid,
      correlation_id text NOT NULL
    )`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE vm_restart');
    await db.query('ALTER TABLE instance_type DROP COLUMN highly_available, DROP COLUMN ha_priority');
    await db.query('ALTER TABLE vm DROP COLUMN highly_available, DROP COLUMN ha_priority');
  }
}

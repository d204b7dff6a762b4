import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where a VM's display is to be reached. */
export class Consoles1770000250000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE vm ADD COLUMN console jsonb');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE vm DROP COLUMN console');
  }
}

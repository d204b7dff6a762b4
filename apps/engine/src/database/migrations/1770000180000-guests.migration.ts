import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a VM's guest tells of itself. */
export class Guests1770000180000 implements MigrationInterface {
  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE vm ADD COLUMN guest jsonb');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE vm DROP COLUMN guest');
  }
}

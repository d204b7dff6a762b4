import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An event can be put out of sight. Who reports events of their own numbers them. */
export class ExternalEvents1770000025000 implements MigrationInterface {
  readonly name = 'ExternalEvents1770000025000';

  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE event ADD COLUMN deleted boolean NOT NULL DEFAULT false');
    await db.query('CREATE UNIQUE INDEX event_custom_id ON event (origin, custom_id) WHERE custom_id >= 0');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP INDEX event_custom_id');
    await db.query('ALTER TABLE event DROP COLUMN deleted');
  }
}

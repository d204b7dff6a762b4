import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Counts the runs of an operation. Of those that are there already nobody knows whether they were begun: they count as begun. */
export class CountOperationRuns1764500000000 implements MigrationInterface {
  readonly name = 'CountOperationRuns1764500000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE operation ADD COLUMN runs int NOT NULL DEFAULT 1');
    await queryRunner.query('ALTER TABLE operation ALTER COLUMN runs SET DEFAULT 0');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE operation DROP COLUMN runs');
  }
}

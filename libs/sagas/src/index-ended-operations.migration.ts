import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Operations that ended long ago are found without reading all. */
export class IndexEndedOperations1763700001000 implements MigrationInterface {
  readonly name = 'IndexEndedOperations1763700001000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('CREATE INDEX operation_ended_at ON operation (ended_at) WHERE ended_at IS NOT NULL');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX operation_ended_at');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The tables of durable operations. */
export class CreateOperations1763700000000 implements MigrationInterface {
  readonly name = 'CreateOperations1763700000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE operation_step');
    await queryRunner.query('DROP TABLE operation');
  }
}

const statements = [
  `CREATE TABLE operation (
    id uuid PRIMARY KEY,
    saga text NOT NULL,
    description text NOT NULL,
    status text NOT NULL CHECK (status IN ('running', 'undoing', 'finished', 'failed')),
    state jsonb NOT NULL,
    step text,
    attempt int NOT NULL DEFAULT 0,
    errors int NOT NULL DEFAULT 0,
    stuck boolean NOT NULL DEFAULT false,
    error text,
    cancel_reason text,
    correlation_id text NOT NULL,
    owner_id text,
    subjects jsonb NOT NULL DEFAULT '[]',
    version int NOT NULL DEFAULT 0,
    wakes int NOT NULL DEFAULT 0,
    wake_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    step_started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at timestamptz,
    CHECK ((status IN ('finished', 'failed')) = (step IS NULL)),
    CHECK ((status IN ('finished', 'failed')) = (ended_at IS NOT NULL))
  )`,
  `CREATE INDEX operation_due ON operation (wake_at) WHERE status IN ('running', 'undoing')`,
  `CREATE INDEX operation_subjects ON operation USING gin (subjects jsonb_path_ops)`,
  `CREATE INDEX operation_started_at ON operation (started_at)`,
  `CREATE TABLE operation_step (
    operation_id uuid NOT NULL REFERENCES operation (id) ON DELETE CASCADE,
    number int NOT NULL,
    name text NOT NULL,
    status text NOT NULL CHECK (status IN ('started', 'finished', 'failed', 'aborted')),
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    attempts int NOT NULL,
    error text,
    progress int CHECK (progress BETWEEN 0 AND 100),
    PRIMARY KEY (operation_id, number)
  )`,
];

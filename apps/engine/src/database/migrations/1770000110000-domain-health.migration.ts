import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is seen of a domain's Cinder between two changes of its status stands in a table of its own: who begins to use a disk holds the domain's row. */
const UP = [
  `ALTER TABLE storage_domain
     ADD COLUMN external_status text NOT NULL DEFAULT 'ok' CHECK (external_status IN ('ok', 'warning', 'error')),
     ADD COLUMN warning_low_space_indicator int NOT NULL DEFAULT 10 CHECK (warning_low_space_indicator BETWEEN 0 AND 100),
     ADD COLUMN critical_space_action_blocker int NOT NULL DEFAULT 5 CHECK (critical_space_action_blocker >= 0)`,
  `CREATE TABLE storage_domain_health (storage_domain_id uuid PRIMARY KEY REFERENCES storage_domain ON DELETE CASCADE,
     contrary_looks int NOT NULL DEFAULT 0, low_space boolean NOT NULL DEFAULT false, looked_at timestamptz NOT NULL DEFAULT 'epoch')`,
];

/** The health of storage domains, and the limits at which they warn. */
export class DomainHealth1770000110000 implements MigrationInterface {
  readonly name = 'DomainHealth1770000110000';

  async up(db: QueryRunner): Promise<void> {
    for (const statement of UP) await db.query(statement);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP TABLE storage_domain_health');
    await db.query(
      'ALTER TABLE storage_domain DROP COLUMN external_status, DROP COLUMN warning_low_space_indicator, DROP COLUMN critical_space_action_blocker',
    );
  }
}

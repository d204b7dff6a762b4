import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = ['cluster', 'data_center', 'instance_type', 'vnic_profile'];

/** Settings of what is around VMs, which change nothing here and are shown as clients gave them. */
export class UnappliedSettingsElsewhere1770000160000 implements MigrationInterface {
  readonly name = 'UnappliedSettingsElsewhere1770000160000';

  async up(db: QueryRunner): Promise<void> {
    for (const table of TABLES) await db.query(`ALTER TABLE ${table} ADD COLUMN unapplied jsonb NOT NULL DEFAULT '{}'`);
  }

  async down(db: QueryRunner): Promise<void> {
    for (const table of TABLES) await db.query(`ALTER TABLE ${table} DROP COLUMN unapplied`);
  }
}

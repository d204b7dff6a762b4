import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The instance type of which a VM has its size. It may go; then the VM keeps what it has. */
export class InstanceTypesOfVms1770000170000 implements MigrationInterface {
  readonly name = 'InstanceTypesOfVms1770000170000';

  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE vm ADD COLUMN instance_type_id uuid REFERENCES instance_type ON DELETE SET NULL');
    await db.query('CREATE INDEX vm_instance_type ON vm (instance_type_id)');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE vm DROP COLUMN instance_type_id');
  }
}

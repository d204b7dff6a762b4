import type { MigrationInterface, QueryRunner } from 'typeorm';
import { EVERYONE_ID } from '../../permissions/object.tree';

/** The group that everybody is in is shown like the others: permissions refer to it. It is of no domain. */
export class Everyone1770000035000 implements MigrationInterface {
  readonly name = 'Everyone1770000035000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`INSERT INTO account_group (id, name, domain) VALUES ($1, 'Everyone', '*')`, [EVERYONE_ID]);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DELETE FROM account_group WHERE id = $1', [EVERYONE_ID]);
  }
}

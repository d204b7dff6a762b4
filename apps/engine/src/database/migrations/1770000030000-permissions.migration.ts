import type { MigrationInterface, QueryRunner } from 'typeorm';
import { EVERYONE_ID } from '../../permissions/object.tree';
import { BLANK_TEMPLATE_ID } from '../../templates/template.entity';

/** Tables of objects on which there can be permissions, and of groups that can have some. */
const OBJECTS = ['data_center', 'cluster', 'host', 'storage_domain', 'disk', 'vm', 'template', 'account_group'];

const USER_TEMPLATE_BASED_VM = 'def00009-0000-0000-0000-def000000009';

const UP = [
  `CREATE TABLE role (id uuid PRIMARY KEY, name text NOT NULL CONSTRAINT role_name UNIQUE, description text NOT NULL DEFAULT '', administrative boolean NOT NULL,
     allows_viewing_children boolean NOT NULL, predefined boolean NOT NULL DEFAULT false)`,
  `CREATE TABLE role_permit (role_id uuid NOT NULL REFERENCES role ON DELETE CASCADE, permit text NOT NULL, PRIMARY KEY (role_id, permit))`,
  `CREATE TABLE permission (id uuid PRIMARY KEY, role_id uuid NOT NULL CONSTRAINT permission_role REFERENCES role, account_id uuid REFERENCES account ON DELETE CASCADE, group_id uuid,
     object_type text NOT NULL, object_id uuid NOT NULL, principal_id uuid NOT NULL GENERATED ALWAYS AS (COALESCE(account_id, group_id)) STORED,
     CHECK (num_nonnulls(account_id, group_id) = 1), CONSTRAINT permission_once UNIQUE (principal_id, object_id, role_id))`,
  `CREATE INDEX ON permission (object_id)`,
  `CREATE INDEX ON permission (role_id)`,
  `CREATE FUNCTION forget_permissions() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM permission WHERE object_id = OLD.id OR principal_id = OLD.id; RETURN NULL; END $$`,
  ...OBJECTS.map(
    (table) => `CREATE TRIGGER forget_permissions AFTER DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION forget_permissions()`,
  ),
  `INSERT INTO role (id, name, administrative, allows_viewing_children, predefined) VALUES ('${USER_TEMPLATE_BASED_VM}', 'UserTemplateBasedVm', false, false, true)`,
  `INSERT INTO permission (id, role_id, group_id, object_type, object_id)
     VALUES ('00000004-0004-0004-0004-000000000355', '${USER_TEMPLATE_BASED_VM}', '${EVERYONE_ID}', 'template', '${BLANK_TEMPLATE_ID}')`,
];

/** Roles, and who has which on what. A permission goes with its object, its user and, by the triggers, in the same transaction. */
export class Permissions1770000030000 implements MigrationInterface {
  readonly name = 'Permissions1770000030000';

  async up(db: QueryRunner): Promise<void> {
    for (const statement of UP) await db.query(statement);
  }

  async down(db: QueryRunner): Promise<void> {
    for (const table of OBJECTS) await db.query(`DROP TRIGGER forget_permissions ON ${table}`);
    await db.query('DROP FUNCTION forget_permissions');
    await db.query('DROP TABLE permission, role_permit, role');
  }
}

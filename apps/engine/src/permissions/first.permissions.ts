import { randomUUID } from 'node:crypto';
import { type EntityManager, In, Not } from 'typeorm';
import { Account } from '../accounts/account.entity';
import { SYSTEM_ID } from './object.tree';
import { Permission, Role, RolePermit } from './permission.entity';
import { PREDEFINED_ROLES, type PredefinedRole, SUPER_USER_ROLE_ID } from './predefined.roles';

/**
 * Brings oVirt's own roles up to date, and lets `admin@internal` be the super user of the system: whoever has the machine can always
 * get in again. Safe to run at every start, by several engines.
 */
export async function ensurePermissions(db: EntityManager): Promise<void> {
  await db.transaction(async (tx) => {
    for (const role of PREDEFINED_ROLES) await ensureRole(tx, role);
    const { id } = await tx.findOneByOrFail(Account, { userName: 'admin', domain: 'internal' });
    const permission = { id: randomUUID(), roleId: SUPER_USER_ROLE_ID, accountId: id, objectType: 'system' as const, objectId: SYSTEM_ID };
    await tx.createQueryBuilder().insert().into(Permission).values(permission).orIgnore().execute();
  });
}

async function ensureRole(tx: EntityManager, { permits, ...role }: PredefinedRole): Promise<void> {
  await tx.upsert(Role, { ...role, predefined: true }, ['id']);
  await tx.delete(RolePermit, { roleId: role.id, permit: Not(In([...permits])) });
  const rows = permits.map((permit) => ({ roleId: role.id, permit }));
  await tx.createQueryBuilder().insert().into(RolePermit).values(rows).orIgnore().execute();
}

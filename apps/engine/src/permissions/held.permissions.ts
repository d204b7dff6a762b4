import type { EntityManager } from 'typeorm';
import { rowsByIds } from '../database/rows.by-ids';
import { EVERYONE_ID } from './object.tree';
import { Permission, Role } from './permission.entity';

/** Whose permissions: a user has his own, those of his groups, and what everybody has. */
export type Holders = 'users' | 'groups';

const REACHING: Readonly<Record<Holders, string>> = {
  groups: 'permission.principal_id = holder.id',
  users: `permission.principal_id IN (holder.id, '${EVERYONE_ID}')
    OR permission.principal_id IN (SELECT m.group_id FROM account_group_member m WHERE m.account_id = holder.id)`,
};

/** What many users or groups have, anywhere, by their ids; in two queries for all of them. */
export async function heldPermissions(db: EntityManager, holders: Holders, ids: readonly string[]): Promise<Map<string, Permission[]>> {
  const pairs = await db.query<{ holder: string; id: string }[]>(
    `SELECT holder.id AS holder, permission.id FROM unnest($1::uuid[]) holder (id)
     JOIN permission ON ${REACHING[holders]} ORDER BY permission.id`,
    [ids],
  );
  const permissions = new Map((await rowsByIds(db, Permission, unique(pairs.map(({ id }) => id)))).map((one) => [one.id, one]));
  const held = new Map(ids.map((id): [string, Permission[]] => [id, []]));
  for (const { holder, id } of pairs) {
    const permission = permissions.get(id);
    if (permission) held.get(holder)?.push(permission);
  }
  return held;
}

/** The roles that many users or groups have on the system, by their ids. */
export async function heldRoles(db: EntityManager, holders: Holders, ids: readonly string[]): Promise<Map<string, Role[]>> {
  const held = [...(await heldPermissions(db, holders, ids))].map(([id, permissions]): [string, Set<string>] => [
    id,
    new Set(permissions.filter(({ objectType }) => objectType === 'system').map(({ roleId }) => roleId)),
  ]);
  const roles = (await rowsByIds(db, Role, unique(held.flatMap(([, roleIds]) => [...roleIds])))).sort(byName);
  return new Map(held.map(([id, roleIds]) => [id, roles.filter((role) => roleIds.has(role.id))]));
}

const unique = (ids: readonly string[]): string[] => [...new Set(ids)];
const byName = (a: Role, b: Role): number => (a.name < b.name ? -1 : 1);

import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { Account } from '../accounts/account.entity';
import { EVERYONE_ID } from './object.tree';
import { Permission } from './permission.entity';
import { CREATORS_ROLE, EVERYBODYS_ROLE } from './predefined.roles';

/**
 * Lets the creator of an object go on working with it, in the transaction that makes the object. Nothing happens for what nobody has
 * asked for, or somebody who is gone.
 */
export async function permitCreator(
  tx: EntityManager,
  accountId: string | null | undefined,
  objectType: keyof typeof CREATORS_ROLE,
  objectId: string,
): Promise<void> {
  if (!accountId || !(await tx.existsBy(Account, { id: accountId }))) return;
  await give(tx, { roleId: CREATORS_ROLE[objectType], accountId, objectType, objectId });
}

/** Lets everybody use a profile that is there for all: the one that comes with a network or a storage domain. */
export async function permitEverybody(tx: EntityManager, objectType: keyof typeof EVERYBODYS_ROLE, objectId: string): Promise<void> {
  await give(tx, { roleId: EVERYBODYS_ROLE[objectType], groupId: EVERYONE_ID, objectType, objectId });
}

/** Gives a role on an object; one that was given before stays as it is. */
export async function give(tx: EntityManager, row: Partial<Permission>): Promise<void> {
  await tx
    .createQueryBuilder()
    .insert()
    .into(Permission)
    .values({ id: randomUUID(), ...row })
    .orIgnore()
    .execute();
}

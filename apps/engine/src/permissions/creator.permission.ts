import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { Account } from '../accounts/account.entity';
import { Permission } from './permission.entity';
import { CREATORS_ROLE } from './predefined.roles';

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
  const row = { id: randomUUID(), roleId: CREATORS_ROLE[objectType], accountId, objectType, objectId };
  await tx.createQueryBuilder().insert().into(Permission).values(row).orIgnore().execute();
}

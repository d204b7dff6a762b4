import { messages, renderMessage } from '@clinker/ovirt-api';
import type { EntityManager, EntityTarget, FindOptionsWhere, ObjectLiteral, QueryDeepPartialEntity } from 'typeorm';
import { ConflictError, NotFoundError } from '../errors/domain.errors';
import { brokenUniqueConstraint } from './constraint.violation';

/** One row. @param type how messages call it @throws NotFoundError */
export async function findRow<T extends ObjectLiteral>(
  db: EntityManager,
  entity: EntityTarget<T>,
  type: string,
  where: FindOptionsWhere<T> & { id?: string; name?: string },
): Promise<T> {
  const found = await db.findOneBy(entity, where);
  if (!found) throw new NotFoundError(type, where.id ?? where.name ?? '');
  return found;
}

/** The condition for what a client refers to: by id, or else by name. */
export const referred = ({ id, name = '' }: { readonly id?: string | undefined; readonly name?: string | undefined }) =>
  id === undefined ? { name } : { id };

/** For `catch` after a write: a broken uniqueness is a name that is in use, in oVirt's words. */
export const refuseUsedName =
  (action: 'add' | 'edit', type: string) =>
  (error: unknown): never => {
    if (!brokenUniqueConstraint(error)) throw error;
    throw usedName(action, type, error);
  };

/** The refusal of a name that is in use, in oVirt's words. */
export const usedName = (action: 'add' | 'edit', type: string, cause?: unknown): ConflictError =>
  new ConflictError(renderMessage(messages.NAME_ALREADY_USED, { action, type }), { cause });

/** Changes the columns that are given and leaves those that are undefined. */
export async function updateGiven<T extends ObjectLiteral>(
  db: EntityManager,
  entity: EntityTarget<T>,
  where: FindOptionsWhere<T>,
  changes: { [Column in keyof T]?: T[Column] | undefined },
): Promise<void> {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  if (given.length > 0) await db.update(entity, where, Object.fromEntries(given) as QueryDeepPartialEntity<T>);
}

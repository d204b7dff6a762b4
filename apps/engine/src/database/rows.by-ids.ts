import { rowsOf } from './rows.of';
import type { EntityManager, EntityTarget, ObjectLiteral } from 'typeorm';

/** Rows whose column is one of these ids, any number of them: one parameter, not one for each. @param property of the entity, a uuid */
export const rowsByIds = <T extends ObjectLiteral>(
  db: EntityManager,
  entity: EntityTarget<T>,
  ids: readonly string[],
  property: keyof T & string = 'id',
): Promise<T[]> => rowsOf(db.createQueryBuilder(entity, 'row').where(`row.${property} = ANY(:ids::uuid[])`, { ids }));

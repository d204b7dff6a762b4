import type { EntityManager, EntityTarget, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { rememberedBy } from './remembered.rows';
import { rowsOf } from './rows.of';

type Ids = readonly string[];

const byIds =
  <T extends ObjectLiteral>(entity: EntityTarget<T>, property: string) =>
  (db: EntityManager, ids: Ids): SelectQueryBuilder<T> =>
    db.createQueryBuilder(entity, 'found').where(`found.${property} = ANY(:ids::uuid[])`, { ids });

/** Rows whose column is one of these ids, any number of them: one parameter, not one for each. `property` is the entity's, a uuid. */
export const rowsByIds = <T extends ObjectLiteral>(
  db: EntityManager,
  entity: EntityTarget<T>,
  ids: Ids,
  property: keyof T & string = 'id',
): Promise<T[]> => rowsOf(byIds(entity, property)(db, ids));

/** {@link rowsByIds} of entities that lists show often, see `rememberedRows`. */
export const rememberedByIds = <T extends ObjectLiteral>(
  entity: EntityTarget<T>,
  property: keyof T & string = 'id',
): ((db: EntityManager, ids: Ids) => Promise<readonly T[]>) => rememberedBy(byIds(entity, property));

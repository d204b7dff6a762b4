import type { EntityManager, EntityTarget, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { rememberedRows } from './remembered.rows';
import { rowsOf } from './rows.of';

type ByIds = <T extends ObjectLiteral>(
  db: EntityManager,
  entity: EntityTarget<T>,
  ids: readonly string[],
  property?: keyof T & string,
) => Promise<T[]>;

const byIds =
  (rows: <T extends ObjectLiteral>(builder: SelectQueryBuilder<T>) => Promise<T[]>): ByIds =>
  (db, entity, ids, property = 'id') =>
    rows(db.createQueryBuilder(entity, 'found').where(`found.${property} = ANY(:ids::uuid[])`, { ids }));

/** Rows whose column is one of these ids, any number of them: one parameter, not one for each. `property` is the entity's, a uuid. */
export const rowsByIds = byIds(rowsOf);

/** {@link rowsByIds} of entities that lists show often, see {@link rememberedRows}. */
export const rememberedByIds = byIds(rememberedRows);

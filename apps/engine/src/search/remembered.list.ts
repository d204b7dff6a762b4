import type { EntityManager, EntityTarget, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { type VersionsStatement, rowsByVersions, versionsOf } from '../database/remembered.rows';
import { willOnlySeeHis } from '../permissions/viewer';
import type { ListQuery } from './list-query';
import { applySearch } from './search.sql';
import type { Searchable } from './searchable';

/** How many statements of one kind of list are kept: clients ask for the same few again and again. */
const MOST_KEPT = 200;

/** Longer searches are hardly asked for twice (UTF-16 units). */
const LONGEST_KEPT = 1_000;

const DAY_MS = 86_400_000;

/** What decides how the statement of a list looks, and its parameters; the day too, as people write `today` in searches. */
const keyOf = ({ search, max, caseSensitive, viewer }: ListQuery): string =>
  JSON.stringify([Math.floor(Date.now() / DAY_MS), search, max, caseSensitive, viewer?.listed, viewer?.id, viewer?.principals]);

const statements = new WeakMap<Searchable, Map<string, VersionsStatement>>();

function keep(kept: Map<string, VersionsStatement>, key: string, statement: VersionsStatement): void {
  const [oldest] = kept.keys();
  if (kept.size >= MOST_KEPT && oldest !== undefined) kept.delete(oldest);
  kept.set(key, statement);
}

/**
 * A list of rows that are remembered, see `rememberedRows`. Its statement is too: to make one of a search takes a third of the time that it
 * takes PostgreSQL to answer it.
 * @throws SearchSyntaxError, InvalidInputError
 */
export function rememberedList<T extends ObjectLiteral>(
  db: EntityManager,
  [entity, alias]: readonly [EntityTarget<T>, string],
  searchable: Searchable,
  query: ListQuery,
): Promise<readonly T[]> {
  const builder = (): SelectQueryBuilder<T> => applySearch(db.createQueryBuilder(entity, alias), searchable, query);
  const kept = statements.get(searchable) ?? new Map<string, VersionsStatement>();
  statements.set(searchable, kept);
  const key = keyOf(query);
  const known = kept.get(key);
  if (known) willOnlySeeHis(query.viewer);
  const statement = known ?? versionsOf(builder());
  if (!known && query.search.length <= LONGEST_KEPT) keep(kept, key, statement);
  return rowsByVersions(db, statement, builder);
}

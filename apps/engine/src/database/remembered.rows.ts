import type { DataSource, EntityManager, EntityMetadata, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import type { Pool } from 'pg';
import { rowsOf } from './rows.of';

/** How many rows of a table are remembered that were read of late; as many again that were read before. */
const GENERATION = 600;

interface Remembered {
  /** Its own copy: the one that is asked for may be part of a long text, which would stay with it. */
  readonly version: string;
  readonly row: ObjectLiteral;
}

/** The rows of one table that were read last, by their versions. */
class RowMemory {
  private young = new Map<string, Remembered>();
  private old = new Map<string, Remembered>();
  private readonly lists = new Map<string, readonly ObjectLiteral[]>();
  private listed = 0;

  get(version: string): ObjectLiteral | undefined {
    const young = this.young.get(version);
    if (young) return young.row;
    const old = this.old.get(version);
    if (old) this.keep(old);
    return old?.row;
  }

  keep(remembered: Remembered): void {
    if (this.young.size >= GENERATION) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(remembered.version, remembered);
  }

  /** The list of just these versions, if it was asked for of late. */
  getList(versions: string): readonly ObjectLiteral[] | undefined {
    return this.lists.get(versions);
  }

  /** Remembers a list, which nobody can change any more, instead of the oldest: all together are as long as two generations. */
  keepList(versions: string, rows: readonly ObjectLiteral[]): void {
    if (rows.length > GENERATION || this.lists.has(versions)) return;
    this.lists.set(versions, Object.freeze(rows));
    this.listed += rows.length;
    for (const [oldest, { length }] of this.lists) {
      if (this.listed <= 2 * GENERATION) return;
      this.lists.delete(oldest);
      this.listed -= length;
    }
  }
}

const memories = new WeakMap<DataSource, Map<EntityMetadata, RowMemory>>();

function memoryOf(database: DataSource, metadata: EntityMetadata): RowMemory {
  const tables = memories.get(database) ?? new Map<EntityMetadata, RowMemory>();
  memories.set(database, tables);
  const memory = tables.get(metadata) ?? new RowMemory();
  tables.set(metadata, memory);
  return memory;
}

/**
 * What tells one version of a row from all others: where PostgreSQL has it, which transaction wrote it, and its key, as rewriting a whole
 * table (VACUUM FULL) may put another row of the same transaction to that place. There is no space in a place.
 */
const versionSql = (place: string, transaction: string, key: readonly string[]): string =>
  `concat_ws(' ', ${[place, transaction, ...key].join(', ')})`;

const keyOf = ({ primaryColumns }: EntityMetadata): string[] => primaryColumns.map(({ databaseName }) => databaseName);

const placeIn = (version: string): string => version.slice(0, version.indexOf(' '));

/** Reads these versions and remembers them. Those that have gone meanwhile are not remembered. */
async function learn(database: DataSource, metadata: EntityMetadata, versions: readonly string[]): Promise<void> {
  const [memory, alias] = [memoryOf(database, metadata), 'kept'];
  const builder = database
    .createQueryBuilder<ObjectLiteral>(metadata.target, alias)
    .where(`${alias}.ctid = ANY(:places::tid[])`, { places: versions.map(placeIn) });
  const of = (name: string): string => `${alias}.${name}`;
  const version = versionSql(of('ctid'), of('xmin'), keyOf(metadata).map(of));
  for (const { version: found, ...row } of await rowsOf(builder, { version }))
    memory.keep({ version: String(found), row: Object.freeze(row) });
}

/** A statement that finds the versions of rows, in their order; see {@link rememberedRows}. */
export interface VersionsStatement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  readonly entity: EntityMetadata['target'];
}

/** Finds what the query selects. Versions become texts outside of it: they cost, and a page's query passes over the rows of those before it. */
export function versionsOf<T extends ObjectLiteral>(builder: SelectQueryBuilder<T>): VersionsStatement {
  const { alias, expressionMap } = builder;
  const { metadata } = expressionMap.mainAlias ?? {};
  if (!metadata) throw new Error('The query is for no entity');
  const names = keyOf(metadata);
  builder.select(`${alias}.ctid`, 'ctid_').addSelect(`${alias}.xmin`, 'xmin_');
  for (const name of names) builder.addSelect(`${alias}.${name}`, name);
  const [found, parameters] = builder.getQueryAndParameters();
  return {
    sql: `SELECT string_agg(${versionSql('ctid_', 'xmin_', names)}, chr(10)) AS versions FROM (${found}) found`,
    parameters,
    entity: metadata.target,
  };
}

/**
 * {@link rowsOf} for lists that are asked for again and again: a row that has not changed since it was read is neither read again nor made
 * anew. The same version of a row is the same object, which nobody can change, and so are short lists of the same; see {@link isRemembered}.
 */
export const rememberedRows = <T extends ObjectLiteral>(db: EntityManager, builder: SelectQueryBuilder<T>): Promise<readonly T[]> =>
  rowsByVersions(db, versionsOf(builder.clone()), () => builder);

/** {@link rememberedRows} of a query that is always the same but for its one parameter: its statement is made once. */
export function rememberedBy<T extends ObjectLiteral, P>(
  build: (db: EntityManager, parameter: P) => SelectQueryBuilder<T>,
): (db: EntityManager, parameter: P) => Promise<readonly T[]> {
  let statement: VersionsStatement | undefined;
  return (db, parameter) => {
    statement ??= versionsOf(build(db, parameter));
    return rowsByVersions(db, { ...statement, parameters: [parameter] }, () => build(db, parameter));
  };
}

/**
 * The versions of the rows that a statement finds, one below the other. Outside of a transaction its way leads past TypeORM, which would add a
 * twentieth to the time that a page of a list takes.
 */
async function findVersions(db: EntityManager, { sql, parameters }: VersionsStatement): Promise<string> {
  const { master } = db.connection.driver as unknown as { readonly master: Pool };
  type Found = [{ versions: string | null }];
  const [{ versions }] = db.queryRunner
    ? await db.query<Found>(sql, [...parameters])
    : ((await master.query(sql, [...parameters])).rows as unknown as Found);
  return versions ?? '';
}

/** The remembered rows of these versions, of which the unknown are read now; undefined if there are too many of those, or some have gone. */
async function recall(database: DataSource, metadata: EntityMetadata, found: string): Promise<readonly ObjectLiteral[] | undefined> {
  const memory = memoryOf(database, metadata);
  const versions = found.split('\n');
  const recalled = (): (ObjectLiteral | undefined)[] => versions.map((version) => memory.get(version));
  let rows = recalled();
  const unknown = versions.filter((_, index) => rows[index] === undefined);
  if (unknown.length > GENERATION) return undefined;
  if (unknown.length > 0) {
    await learn(database, metadata, unknown);
    rows = recalled();
  }
  return rows.includes(undefined) ? undefined : (rows as ObjectLiteral[]);
}

/** {@link rememberedRows} with the statement at hand. @param builder gives the query that it was made of, for when it is needed after all */
export async function rowsByVersions<T extends ObjectLiteral>(
  db: EntityManager,
  statement: VersionsStatement,
  builder: () => SelectQueryBuilder<T>,
): Promise<readonly T[]> {
  const found = await findVersions(db, statement);
  if (found === '') return [];
  const metadata = db.connection.getMetadata(statement.entity);
  const memory = memoryOf(db.connection, metadata);
  const before = memory.getList(found);
  if (before) return before as readonly T[];
  const rows = await recall(db.connection, metadata, found);
  if (!rows) return rowsOf(builder());
  memory.keepList(found, rows);
  return rows as readonly T[];
}

/** Whether a row is one of {@link rememberedRows}, or a list is such a list: what is made of it alone can be used again with it. */
export const isRemembered = (row: object): boolean => Object.isFrozen(row);

import type { DataSource, EntityMetadata, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { rowsOf } from './rows.of';

/** How many rows are remembered that were read of late; as many again that were read before. */
const GENERATION = 1_200;

/** The rows of one database that were read last, by their versions. */
class RowMemory {
  private young = new Map<string, ObjectLiteral>();
  private old = new Map<string, ObjectLiteral>();

  get(version: string): ObjectLiteral | undefined {
    const young = this.young.get(version);
    if (young) return young;
    const old = this.old.get(version);
    if (old) this.keep(version, old);
    return old;
  }

  keep(version: string, row: ObjectLiteral): void {
    if (this.young.size >= GENERATION) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(version, row);
  }
}

const memories = new WeakMap<DataSource, RowMemory>();

function memoryOf(database: DataSource): RowMemory {
  const memory = memories.get(database) ?? new RowMemory();
  memories.set(database, memory);
  return memory;
}

/**
 * What tells one version of a row from all others: where PostgreSQL has it, which transaction wrote it, and its key, as rewriting a whole
 * table (VACUUM FULL) may put another row of the same transaction to that place. There is no space in a place.
 */
const versionSql = (alias: string, { primaryColumns }: EntityMetadata): string =>
  `concat_ws(' ', ${[`${alias}.ctid`, `${alias}.xmin`, ...primaryColumns.map(({ databaseName }) => `${alias}.${databaseName}`)].join(', ')})`;

const placeIn = (version: string): string => version.slice(0, version.indexOf(' '));

/** Reads these versions and remembers them. Those that have gone meanwhile are not remembered. */
async function learn(database: DataSource, metadata: EntityMetadata, versions: readonly string[]): Promise<void> {
  const [memory, alias] = [memoryOf(database), 'kept'];
  const builder = database
    .createQueryBuilder<ObjectLiteral>(metadata.target, alias)
    .where(`${alias}.ctid = ANY(:places::tid[])`, { places: versions.map(placeIn) });
  for (const { version, ...row } of await rowsOf(builder, { version: versionSql(alias, metadata) }))
    memory.keep(`${metadata.tableName} ${String(version)}`, Object.freeze(row));
}

/**
 * {@link rowsOf} for lists that are asked for again and again: a row that has not changed since it was read is neither read again nor made
 * anew. The same version of a row is the same object, which nobody can change; see {@link isRemembered}.
 */
export async function rememberedRows<T extends ObjectLiteral>(builder: SelectQueryBuilder<T>): Promise<T[]> {
  const { connection, alias, expressionMap } = builder;
  const { metadata } = expressionMap.mainAlias ?? {};
  if (!metadata) throw new Error('The query is for no entity');
  const found = await builder.select(versionSql(alias, metadata), 'version').getRawMany<{ version: string }>();
  const recalled = (): (ObjectLiteral | undefined)[] =>
    found.map(({ version }) => memoryOf(connection).get(`${metadata.tableName} ${version}`));
  const known = recalled();
  const unknown = found.filter((_, index) => known[index] === undefined).map(({ version }) => version);
  if (unknown.length === 0) return known as T[];
  if (unknown.length > GENERATION) return rowsOf(builder);
  await learn(connection, metadata, unknown);
  const rows = recalled();
  return rows.includes(undefined) ? rowsOf(builder) : (rows as T[]);
}

/** Whether a row is one of {@link rememberedRows}: what is made of it alone can be used again with it. */
export const isRemembered = (row: object): boolean => Object.isFrozen(row);

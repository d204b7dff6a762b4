import type { EntityMetadata, ObjectLiteral, SelectQueryBuilder, ValueTransformer } from 'typeorm';

const transformersOf = ({ columns }: EntityMetadata): [name: string, transformer: ValueTransformer][] =>
  columns.flatMap(({ propertyName, transformer }) =>
    transformer === undefined || Array.isArray(transformer) ? [] : [[propertyName, transformer]],
  );

/**
 * The rows of a query for one kind of entity, as plain objects with the entity's properties: for long lists, in which to make entities of
 * rows takes longer than to find them. The query selects nothing but the entity.
 * @param more SQL of what is wanted besides, by name
 */
export async function rowsOf<T extends ObjectLiteral>(
  builder: SelectQueryBuilder<T>,
  more: Readonly<Record<string, string>> = {},
): Promise<T[]> {
  const { metadata } = builder.expressionMap.mainAlias ?? {};
  if (!metadata) throw new Error('The query is for no entity');
  builder.select([]);
  for (const { propertyName } of metadata.columns) builder.addSelect(`${builder.alias}.${propertyName}`, propertyName);
  for (const [name, sql] of Object.entries(more)) builder.addSelect(sql, name);
  const rows = await builder.getRawMany<Record<string, unknown>>();
  for (const [name, transformer] of transformersOf(metadata)) for (const row of rows) row[name] = transformer.from(row[name]);
  return rows as T[];
}

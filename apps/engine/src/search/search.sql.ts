import { type SearchComparison, type SearchField, type SearchQuery, likePattern, parseSearch, visitSearch } from '@clinker/ovirt-api';
import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { InvalidInputError } from '../errors/domain.errors';
import type { ListQuery } from './list-query';

/** What can be searched in one kind of object: names as clients write them (`name`, `storage.name`), and the SQL that they stand for. */
export interface Searchable {
  readonly fields: Readonly<Record<string, string>>;
  /** SQL that orders the list when the client does not. */
  readonly defaultSort: string;
  /** Fields in which words without a field are looked for. */
  readonly freeText: readonly string[];
}

/** Collects the values of a condition as named parameters: no text of a client ever becomes SQL. */
class Conditions {
  readonly parameters: Record<string, string> = {};

  constructor(private readonly searchable: Searchable) {}

  column({ object, field }: SearchField): string {
    const name = object === undefined ? field : `${object}.${field}`;
    const column = this.searchable.fields[name];
    if (column !== undefined) return column;
    const known = Object.keys(this.searchable.fields).join(', ');
    throw new InvalidInputError(`There is no field '${name}' to search by. The fields are ${known}.`);
  }

  comparison(comparison: SearchComparison): string {
    const column = this.column(comparison);
    const { operator, value } = comparison;
    if (operator === '=') return `${column}::text ILIKE ${this.bind(likePattern(value))}`;
    if (operator === '!=') return `${column}::text NOT ILIKE ${this.bind(likePattern(value))}`;
    return `${column}::text ${operator} ${this.bind(value)}`;
  }

  text(value: string): string {
    const pattern = this.bind(`%${likePattern(value)}%`);
    return `(${this.searchable.freeText.map((field) => `${this.searchable.fields[field] ?? 'NULL'}::text ILIKE ${pattern}`).join(' OR ') || 'false'})`;
  }

  private bind(value: string): string {
    const name = `search${Object.keys(this.parameters).length}`;
    this.parameters[name] = value;
    return `:${name}`;
  }
}

/**
 * Restricts, orders and pages a list as the client asked, in oVirt's search language.
 * @throws SearchSyntaxError, InvalidInputError for a field that cannot be searched
 */
export function applySearch<T extends ObjectLiteral>(
  builder: SelectQueryBuilder<T>,
  searchable: Searchable,
  query: ListQuery,
): SelectQueryBuilder<T> {
  const parsed = parseSearch(query.search);
  const conditions = new Conditions(searchable);
  if (parsed.term) {
    const sql = visitSearch<string>(parsed.term, {
      comparison: (comparison) => conditions.comparison(comparison),
      text: ({ value }) => conditions.text(value),
      group: (kind, results) => `(${results.join(kind === 'and' ? ' AND ' : ' OR ')})`,
    });
    builder.andWhere(sql, conditions.parameters);
  }
  return page(order(builder, conditions, parsed, searchable), parsed, query);
}

function order<T extends ObjectLiteral>(
  builder: SelectQueryBuilder<T>,
  conditions: Conditions,
  { sort }: SearchQuery,
  { defaultSort }: Searchable,
): SelectQueryBuilder<T> {
  return sort ? builder.orderBy(conditions.column(sort), sort.descending ? 'DESC' : 'ASC') : builder.orderBy(defaultSort);
}

/** Without `max` the first page holds everything and the second nothing, as in oVirt. */
function page<T extends ObjectLiteral>(builder: SelectQueryBuilder<T>, parsed: SearchQuery, { max }: ListQuery): SelectQueryBuilder<T> {
  const number = parsed.page ?? 1;
  if (max !== undefined) return builder.limit(max).offset(max * (number - 1));
  return number > 1 ? builder.limit(0) : builder;
}

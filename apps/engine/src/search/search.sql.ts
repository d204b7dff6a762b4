import {
  type SearchComparison,
  type SearchField as FieldName,
  type SearchQuery,
  likePattern,
  parseSearch,
  visitSearch,
} from '@clinker/ovirt-api';
import type { ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { InvalidInputError } from '../errors/domain.errors';
import { textField, throughField } from './field.kinds';
import { onlyVisible } from '../permissions/viewer';
import type { ListQuery } from './list-query';
import type { SearchField, SearchFields, Searchable } from './searchable';

export type { Searchable } from './searchable';

/** What a reference without a field is compared by. */
const MAIN_FIELD = 'name';

/** Names that clients use for the same object. */
const OBJECTS: Readonly<Record<string, string>> = { storagedomain: 'storage', vnicprofile: 'vnic', onhost: 'host' };

const plain = (name: string): string => name.replace(/[_-]/g, '');

/** `Hosts`, `host` and `on_host` are one object. */
function objectName(name: string): string {
  const singular = plain(name).replace(/s$/, '');
  return OBJECTS[singular] ?? singular;
}

function fieldNamed(fields: SearchFields, name: string): SearchField | undefined {
  const found = Object.keys(fields).find((one) => plain(one) === plain(name));
  const field = found === undefined ? undefined : fields[found];
  return typeof field === 'string' ? textField(field) : field;
}

/** Turns a search into SQL whose values are all parameters. */
class SearchStatement {
  readonly parameters: Record<string, string | string[]> = {};

  constructor(
    private readonly searchable: Searchable,
    private readonly caseSensitive: boolean,
  ) {}

  /** @throws InvalidInputError for a field that does not exist, with those that do */
  field({ object, field }: FieldName): SearchField {
    const { fields } = this.searchable;
    const found = object === undefined ? (fieldNamed(fields, field) ?? this.referred(field, MAIN_FIELD)) : this.referred(object, field);
    if (found) return found;
    const name = object === undefined ? field : `${object}.${field}`;
    throw new InvalidInputError(`There is no field '${name}' to search by. The fields are ${this.names().join(', ')}.`);
  }

  comparison(comparison: SearchComparison): string {
    const { object, field, operator, value } = comparison;
    const name = object === undefined ? field : `${object}.${field}`;
    return this.field(comparison).condition({ name, operator, value, caseSensitive: this.caseSensitive }, this.bind);
  }

  text(value: string): string {
    const parameter = this.bind(`%${likePattern(value)}%`);
    const conditions = this.searchable.freeText.flatMap((name) => {
      const field = fieldNamed(this.searchable.fields, name);
      return field ? [`${field.order} LIKE lower(${parameter}::text)`] : [];
    });
    return `(${conditions.join(' OR ') || 'false'})`;
  }

  readonly bind = (value: string | string[]): string => {
    const name = `search${Object.keys(this.parameters).length}`;
    this.parameters[name] = value;
    return `:${name}`;
  };

  private referred(object: string, field: string): SearchField | undefined {
    const reference = this.searchable.references?.[objectName(object)];
    const found = reference && fieldNamed(reference.fields, field);
    return found && throughField(reference.from, found);
  }

  private names(): string[] {
    const references = Object.entries(this.searchable.references ?? {});
    return [
      ...Object.keys(this.searchable.fields),
      ...references.flatMap(([object, { fields }]) => Object.keys(fields).map((field) => `${object}.${field}`)),
    ];
  }
}

/**
 * Restricts, orders and pages a list as the client asked, in oVirt's search language. The order is always a total one, so that pages
 * neither overlap nor leave gaps.
 * @throws SearchSyntaxError, InvalidInputError for a field, a value or an operator that does not fit
 */
export function applySearch<T extends ObjectLiteral>(
  builder: SelectQueryBuilder<T>,
  searchable: Searchable,
  query: ListQuery,
): SelectQueryBuilder<T> {
  if (query.search.includes('\0')) throw new InvalidInputError('The search has a character that no text can have.');
  const parsed = parseSearch(query.search);
  const statement = new SearchStatement(searchable, query.caseSensitive);
  if (parsed.term) {
    const sql = visitSearch<string>(parsed.term, {
      comparison: (comparison) => statement.comparison(comparison),
      text: ({ value }) => statement.text(value),
      group: (kind, results) => `(${results.join(kind === 'and' ? ' AND ' : ' OR ')})`,
    });
    builder.andWhere(sql, statement.parameters);
  }
  onlyVisible(builder, query.viewer);
  return page(order(builder, statement, parsed, searchable), parsed, query);
}

function order<T extends ObjectLiteral>(
  builder: SelectQueryBuilder<T>,
  statement: SearchStatement,
  { sort }: SearchQuery,
  { fields, defaultSort, defaultDescending = false, key = `${builder.alias}.id` }: Searchable,
): SelectQueryBuilder<T> {
  const sql = sort ? statement.field(sort).order : (fieldNamed(fields, defaultSort)?.order ?? defaultSort);
  const direction = (sort?.descending ?? defaultDescending) ? 'DESC' : 'ASC';
  builder.orderBy(sql, direction);
  return sql === key ? builder : builder.addOrderBy(key, direction);
}

/** Without `max` the first page holds everything and the second nothing, as in oVirt. */
function page<T extends ObjectLiteral>(builder: SelectQueryBuilder<T>, parsed: SearchQuery, { max }: ListQuery): SelectQueryBuilder<T> {
  const number = parsed.page ?? 1;
  if (max === 0 || (max === undefined && number > 1)) return builder.andWhere('false');
  if (max === undefined) return builder;
  return builder.limit(max).offset(Math.min(max * (number - 1), Number.MAX_SAFE_INTEGER));
}

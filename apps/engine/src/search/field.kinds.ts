import { type SearchOperator, likePattern } from '@clinker/ovirt-api';
import { InvalidInputError } from '../errors/domain.errors';
import { parseTimeSpan } from './date.value';
import type { Bind, FieldComparison, SearchField } from './searchable';

const GIB = 2 ** 30;

/** Powers of 1024 by their letters. */
const UNITS = ['', 'K', 'M', 'G', 'T', 'P', 'E'];

const needs = ({ name, value }: FieldComparison, what: string): InvalidInputError =>
  new InvalidInputError(`The field '${name}' is compared with ${what}, not with '${value.slice(0, 100)}'.`);

const isWildcard = (value: string): boolean => value.includes('*');

/** Whatever `=` means, `!=` means that it does not hold: what has no value is also not equal. */
const negatable = (
  comparison: FieldComparison,
  condition: (comparison: FieldComparison & { operator: Exclude<SearchOperator, '!='> }) => string,
): string => {
  const { operator } = comparison;
  if (operator !== '!=') return condition({ ...comparison, operator });
  return `NOT coalesce(${condition({ ...comparison, operator: '=' })}, false)`;
};

function onlyEqual({ name, operator }: FieldComparison): void {
  if (operator === '=' || operator === '!=') return;
  throw new InvalidInputError(`The field '${name}' is compared by = and !=, not by ${operator}.`);
}

/** The beginning that a text must have, where cases do not matter: which letter is whose lower case is for the database to say. */
const BEGINNING = /^([ -)+-@[-~]+)\*$/;

/**
 * The first text that begins like this, and the first after it that no longer does, by code point. PostgreSQL finds what is between them by an
 * index alone, while it compares each row that it finds for LIKE once more.
 */
function boundsOf(value: string): readonly [first: string, end: string] | undefined {
  const beginning = BEGINNING.exec(value)?.[1];
  if (beginning === undefined) return undefined;
  return [beginning, beginning.slice(0, -1) + String.fromCharCode(beginning.charCodeAt(beginning.length - 1) + 1)];
}

/** Texts in which `*` is a wildcard. @param wrap what makes of the value what the texts are */
function like(texts: string, value: string, wrap: string, bind: Bind): string {
  const bounds = boundsOf(value);
  if (!bounds) return `${texts} LIKE ${wrap}(${bind(likePattern(value))}::text)`;
  return `(${texts} >= ${bind(bounds[0])}::text AND ${texts} < ${bind(bounds[1])}::text)`;
}

/**
 * A text. `*` is a wildcard; cases are the same unless the client asks otherwise. Order and comparison are by code point of the lower
 * case, whatever the database's collation: an index on `(lower(column) COLLATE "C", id)` serves equality, prefixes and order.
 */
export function textField(sql: string): SearchField {
  const order = `lower(${sql}) COLLATE "C"`;
  return {
    order,
    condition: (comparison, bind) =>
      negatable(comparison, ({ operator, value, caseSensitive }) => {
        const [left, wrap] = caseSensitive ? [`(${sql}) COLLATE "C"`, ''] : [order, 'lower'];
        if (operator === '=' && isWildcard(value)) return like(left, value, wrap, bind);
        return `${left} ${operator} ${wrap}(${bind(value)}::text)`;
      }),
  };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A uuid. What is none equals nothing; wildcards compare its text. */
export const idField = (sql: string): SearchField => ({
  order: sql,
  condition: (comparison, bind) => {
    onlyEqual(comparison);
    return negatable(comparison, ({ value }) => {
      if (isWildcard(value)) return `${sql}::text LIKE ${bind(likePattern(value.toLowerCase()))}`;
      return UUID.test(value) ? `${sql} = ${bind(value)}::uuid` : 'false';
    });
  },
});

const NUMBER = /^-?\d{1,18}(\.\d{1,9})?$/;

/** A number. */
export const numberField = (sql: string): SearchField => ({
  order: sql,
  condition: (comparison, bind) =>
    negatable(comparison, ({ operator, value }) => {
      if (!NUMBER.test(value)) throw needs(comparison, 'a number');
      return `${sql} ${operator} ${bind(value)}::numeric`;
    }),
});

const SIZE = /^(\d{1,12}(?:\.\d{1,6})?) *(?:([KMGTPE])(?:i?B)?|(B))?$/i;

/** Bytes of a size as clients write it: `10`, `512MB`, `1.5 GiB`, `1024B`. */
function bytesOf(text: string, unit: number): string | undefined {
  const [, amount, letter, plain] = SIZE.exec(text) ?? [];
  if (amount === undefined) return undefined;
  const factor = plain === undefined ? (letter === undefined ? unit : 1024 ** UNITS.indexOf(letter.toUpperCase())) : 1;
  return String(Math.round(Number(amount) * factor));
}

/** A size that is stored in bytes. @param unit bytes that a number without unit counts: oVirt's are GiB for disks, MiB for memory */
export const sizeField = (sql: string, unit = GIB): SearchField => ({
  order: sql,
  condition: (comparison, bind) =>
    negatable(comparison, ({ operator, value }) => {
      const bytes = bytesOf(value, unit);
      if (bytes === undefined) throw needs(comparison, 'a size such as 10 or 512MB');
      return `${sql} ${operator} ${bind(bytes)}::numeric`;
    }),
});

/** A point in time. A day or a minute is the whole of it: `time > 2026-01-31` begins with the first of February. */
export const dateField = (sql: string): SearchField => ({
  order: sql,
  condition: (comparison, bind) =>
    negatable(comparison, ({ operator, value }) => {
      const span = parseTimeSpan(value);
      if (!span) throw needs(comparison, 'a date such as 2026-01-31, "2026-01-31 10:00" or today');
      const at = (time: Date): string => `${bind(time.toISOString())}::timestamptz`;
      if (operator === '=') return `(${sql} >= ${at(span.from)} AND ${sql} < ${at(span.until)})`;
      if (operator === '<' || operator === '>=') return `${sql} ${operator} ${at(span.from)}`;
      return `${sql} ${operator === '<=' ? '<' : '>='} ${at(span.until)}`;
    }),
});

const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  t: true,
  yes: true,
  1: true,
  false: false,
  f: false,
  no: false,
  0: false,
};

/** True or false. */
export const booleanField = (sql: string): SearchField => ({
  order: `(${sql})::boolean`,
  condition: (comparison) => {
    onlyEqual(comparison);
    return negatable(comparison, ({ value }) => {
      const wanted = Object.hasOwn(BOOLEANS, value.toLowerCase()) ? BOOLEANS[value.toLowerCase()] : undefined;
      if (wanted === undefined) throw needs(comparison, 'true or false');
      return wanted ? `(${sql})` : `(NOT (${sql}))`;
    });
  },
});

/** What an {@link enumField} knows beyond the values that are stored. */
export interface EnumOptions {
  /** Values of oVirt that never occur here: to ask for them is no mistake, and finds nothing. */
  readonly never?: readonly string[];
  /** The values are listed from the least to the greatest, and can be compared so. */
  readonly ordered?: boolean;
}

/** Longer than any word of an enumeration. */
const LONGEST_WORD = 100;

const plain = (value: string): string => value.toLowerCase().replace(/[_\s-]/g, '');

const matching = (value: string, values: readonly string[]): string[] => {
  if (value.length > LONGEST_WORD) return [];
  const parts = plain(value).split(/\*+/);
  const pattern = new RegExp(`^${parts.map((part) => part.replace(/[\\^$.+?()[\]{}|/]/g, '\\$&')).join('.*')}$`, 's');
  return values.filter((one) => pattern.test(plain(one)));
};

/** Values from the least to the greatest that compare so with the first that was named. */
function compared(operator: SearchOperator, named: readonly string[], values: readonly string[]): string[] {
  const position = values.indexOf(named[0] ?? '');
  const least = values.slice(0, operator === '<=' ? position + 1 : position);
  const greatest = values.slice(operator === '>=' ? position : position + 1);
  return operator.startsWith('<') ? least : greatest;
}

/** One of few words. `powering_up` and `PoweringUp` are the same. */
export const enumField = (sql: string, values: readonly string[], { never = [], ordered = false }: EnumOptions = {}): SearchField => ({
  order: ordered ? `array_position(ARRAY['${values.join("', '")}'], ${sql})` : `(${sql})::text`,
  condition: (comparison, bind) => {
    if (!ordered) onlyEqual(comparison);
    return negatable(comparison, ({ operator, value }) => {
      const all = [...values, ...never];
      const named = matching(value, all);
      if (named.length === 0) throw needs(comparison, `one of ${all.join(', ')}`);
      return `${sql} = ANY(${bind(operator === '=' ? named : compared(operator, named, values))}::text[])`;
    });
  },
});

/** A field of other objects: the condition holds if it does for one of them, the least of them orders. @param from as in SearchReference, with its WHERE */
export const throughField = (from: string, field: SearchField): SearchField => ({
  order: `(SELECT ${field.order} FROM ${from} ORDER BY 1 LIMIT 1)`,
  condition: (comparison, bind: Bind) =>
    negatable(comparison, (positive) => `EXISTS (SELECT FROM ${from} AND (${field.condition(positive, bind)}))`),
});

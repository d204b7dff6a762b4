/** How a field is compared. For texts `=` and `!=` ignore case and know the wildcard `*`. */
export type SearchOperator = '=' | '!=' | '<' | '>' | '<=' | '>=';

/** A field of the searched object, or with `object` of one that it refers to (`Storage.name`). Both lower case. */
export interface SearchField {
  object: string | undefined;
  field: string;
  /** Index of the field in the searched text, for error texts. */
  position: number;
}

/** `[object.]field operator value`. */
export interface SearchComparison extends SearchField {
  kind: 'comparison';
  operator: SearchOperator;
  value: string;
}

/** Words without a field: matched against whatever the resource searches freely. */
export interface SearchText {
  kind: 'text';
  value: string;
  position: number;
}

/** Two or more terms joined by one conjunction. `and` binds tighter than `or`. */
export interface SearchGroup {
  kind: 'and' | 'or';
  terms: SearchTerm[];
}

export type SearchTerm = SearchComparison | SearchText | SearchGroup;

/** A search: what to match, in which order, and which page (from 1; its length is the request's `max`). */
export interface SearchQuery {
  term: SearchTerm | undefined;
  sort: (SearchField & { descending: boolean }) | undefined;
  page: number | undefined;
}

/** One method for each kind of term; groups get the results of their terms. */
export interface SearchVisitor<Result> {
  comparison(comparison: SearchComparison): Result;
  text(text: SearchText): Result;
  group(kind: SearchGroup['kind'], results: Result[]): Result;
}

/** Walks a term from its leaves up, for example to an SQL condition. */
export function visitSearch<Result>(term: SearchTerm, visitor: SearchVisitor<Result>): Result {
  if (term.kind === 'comparison') return visitor.comparison(term);
  if (term.kind === 'text') return visitor.text(term);
  return visitor.group(
    term.kind,
    term.terms.map((one) => visitSearch(one, visitor)),
  );
}

/** A search value as an SQL LIKE pattern with `\` as escape: `*` is any text, `%` and `_` are themselves. */
export function likePattern(value: string): string {
  return value.replace(/[\\%_*]/g, (character) => (character === '*' ? '%' : `\\${character}`));
}

/** The search text breaks the grammar. `message` is for the client, `position` the index of the offending character. */
export class SearchSyntaxError extends Error {
  override readonly name = 'SearchSyntaxError';

  constructor(
    detail: string,
    readonly position: number,
  ) {
    super(`Syntax error in the search at character ${position + 1}: ${detail}.`);
  }
}

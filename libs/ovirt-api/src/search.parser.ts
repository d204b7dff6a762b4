import { SearchLexer } from './search.lexer';
import type { SearchToken } from './search.lexer';
import { SearchSyntaxError } from './search.query';
import type { SearchComparison, SearchField, SearchGroup, SearchQuery, SearchTerm } from './search.query';

/** Longest search text, in UTF-16 units. */
export const MAX_SEARCH_LENGTH = 32_768;

const MAX_TERMS = 512;
const MAX_NESTING = 32;
const FIELD = /^(?:([A-Za-z_][\w-]*)\.)?([A-Za-z_][\w-]*)$/;
const PAGE = /^[1-9]\d{0,8}$/;
const KEYWORDS: ReadonlySet<string> = new Set(['and', 'or', 'sortby', 'page']);

class SearchParser {
  private token: SearchToken;
  private readonly lexer: SearchLexer;
  private terms = 0;

  constructor(text: string) {
    this.lexer = new SearchLexer(text);
    this.token = this.lexer.next();
  }

  query(): SearchQuery {
    const term = this.startsTerm() ? this.group('or', 0) : undefined;
    const sort = this.takeKeyword('sortby') ? this.sort() : undefined;
    const page = this.takeKeyword('page') ? this.page() : undefined;
    if (this.token.kind !== 'end') throw this.unexpected();
    return { term, sort, page };
  }

  private group(kind: SearchGroup['kind'], depth: number): SearchTerm {
    const next = (): SearchTerm => (kind === 'or' ? this.group('and', depth) : this.primary(depth));
    const first = next();
    const terms = [first];
    while (this.takeKeyword(kind) || (kind === 'and' && this.followsWithoutAnd())) terms.push(next());
    return terms.length === 1 ? first : { kind, terms };
  }

  /** Two conditions in a row mean both, as in oVirt's own parser: Foreman appends ` datacenter=…` to any search. */
  private followsWithoutAnd(): boolean {
    return (this.token.kind === 'word' || this.token.kind === '(') && this.startsTerm();
  }

  private primary(depth: number): SearchTerm {
    this.terms += 1;
    if (this.terms > MAX_TERMS) throw new SearchSyntaxError(`more than ${MAX_TERMS} conditions`, this.token.position);
    if (this.token.kind === '(') return this.parenthesis(depth);
    if (this.token.kind !== 'word' || !this.startsTerm()) throw this.unexpected();
    const { text, quoted, position } = this.token;
    this.token = this.lexer.next();
    if (this.token.kind === 'operator' && !quoted) return this.comparison(this.field(text, position), this.token.text);
    return this.freeText(text, position);
  }

  private parenthesis(depth: number): SearchTerm {
    if (depth >= MAX_NESTING) throw new SearchSyntaxError('too many parentheses inside each other', this.token.position);
    this.token = this.lexer.next();
    const term = this.group('or', depth + 1);
    if (this.token.kind !== ')') throw this.unexpected();
    this.token = this.lexer.next();
    return term;
  }

  private comparison(field: SearchField, operator: SearchComparison['operator']): SearchTerm {
    const value = this.lexer.value();
    this.token = value;
    if (value.kind !== 'word') throw this.unexpected();
    this.token = this.lexer.next();
    // A keyword can be a value, but not when conditions go on behind it: then the value was forgotten.
    if (!value.quoted && KEYWORDS.has(value.text.toLowerCase()) && this.followsWithoutAnd()) throw this.unexpected();
    return { kind: 'comparison', ...field, operator, value: value.text };
  }

  /** Words in a row are one phrase, until one is a field. */
  private freeText(first: string, position: number): SearchTerm {
    const words = [first];
    while (this.token.kind === 'word' && this.startsTerm() && (this.token.quoted || !this.lexer.atOperator())) {
      words.push(this.token.text);
      this.token = this.lexer.next();
    }
    return { kind: 'text', value: words.join(' '), position };
  }

  private field(text: string, position: number): SearchField {
    const match = FIELD.exec(text);
    if (!match) throw new SearchSyntaxError(`'${text.slice(0, 64)}' is not a field`, position);
    return { object: match[1]?.toLowerCase(), field: (match[2] ?? '').toLowerCase(), position };
  }

  private sort(): SearchQuery['sort'] {
    if (this.token.kind !== 'word') throw this.unexpected();
    const field = this.field(this.token.text, this.token.position);
    this.token = this.lexer.next();
    const descending = this.takeKeyword('desc');
    if (!descending) this.takeKeyword('asc');
    return { ...field, descending };
  }

  private page(): number {
    if (this.token.kind !== 'word' || !PAGE.test(this.token.text)) {
      throw new SearchSyntaxError("'page' needs a number from 1", this.token.position);
    }
    const page = Number(this.token.text);
    this.token = this.lexer.next();
    return page;
  }

  private startsTerm(): boolean {
    if (this.token.kind === 'end') return false;
    return this.token.kind !== 'word' || this.token.quoted || !KEYWORDS.has(this.token.text.toLowerCase());
  }

  private takeKeyword(keyword: string): boolean {
    if (this.token.kind !== 'word' || this.token.quoted || this.token.text.toLowerCase() !== keyword) return false;
    this.token = this.lexer.next();
    return true;
  }

  private unexpected(): SearchSyntaxError {
    const what = this.token.kind === 'end' ? 'the text ends too early' : `'${this.token.text.slice(0, 64)}' is not expected here`;
    return new SearchSyntaxError(what, this.token.position);
  }
}

/**
 * Reads oVirt's search grammar: `[object.]field op value ([and|or] ...)* [sortby field [asc|desc]] [page n]`, with parentheses,
 * double quotes (`\"` and `\\` inside), `*` as wildcard and free words. Keywords in any case. Undefined and blank match everything.
 *
 * @throws SearchSyntaxError
 */
export function parseSearch(text: string | undefined): SearchQuery {
  if (text === undefined) return { term: undefined, sort: undefined, page: undefined };
  if (text.length > MAX_SEARCH_LENGTH) throw new SearchSyntaxError('it is too long', MAX_SEARCH_LENGTH);
  return new SearchParser(text).query();
}

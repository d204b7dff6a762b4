import { SearchSyntaxError } from './search.query';
import type { SearchOperator } from './search.query';

/** A piece of a search. `quoted` words are never keywords or fields. */
export type SearchToken =
  | { kind: 'operator'; text: SearchOperator; position: number }
  | { kind: 'word'; text: string; quoted: boolean; position: number }
  | { kind: '(' | ')' | 'end'; text: string; position: number };

const SPACE = /\s*/y;
const OPERATOR = /!=|<=|>=|=|<|>/y;
const QUOTED = /"((?:[^"\\]|\\[^])*)"/y;
const WORD = /[^\s()"=<>!]+/y;
/** A value runs to the next space or parenthesis, so that it may hold operators (`name=a=b`), but not begin with one. */
const VALUE = /[^\s()"][^\s()]*/y;

function match(pattern: RegExp, text: string, position: number): RegExpExecArray | null {
  pattern.lastIndex = position;
  return pattern.exec(text);
}

/** Cuts a search text into tokens, one at a time, because what a value is depends on what comes before it. */
export class SearchLexer {
  private position = 0;

  constructor(private readonly text: string) {}

  /** @param pattern what an unquoted word is here */
  private token(pattern: RegExp): SearchToken {
    this.position += match(SPACE, this.text, this.position)?.[0].length ?? 0;
    const position = this.position;
    const first = this.text.charAt(position);
    if (first === '') return { kind: 'end', text: 'the end', position };
    if (first === '(' || first === ')') return this.advance({ kind: first, text: first, position }, 1);
    return this.quoted(position) ?? this.plain(pattern, position);
  }

  private quoted(position: number): SearchToken | undefined {
    if (this.text.charAt(position) !== '"') return undefined;
    const found = match(QUOTED, this.text, position);
    if (!found) throw new SearchSyntaxError('the quote is not closed', position);
    const text = (found[1] ?? '').replace(/\\(["\\])/g, '$1');
    return this.advance({ kind: 'word', text, quoted: true, position }, found[0].length);
  }

  private plain(pattern: RegExp, position: number): SearchToken {
    const operator = match(OPERATOR, this.text, position);
    if (operator) return this.advance({ kind: 'operator', text: operator[0] as SearchOperator, position }, operator[0].length);
    const word = match(pattern, this.text, position);
    if (!word) throw new SearchSyntaxError(`'${this.text.charAt(position)}' is not expected`, position);
    return this.advance({ kind: 'word', text: word[0], quoted: false, position }, word[0].length);
  }

  private advance(token: SearchToken, length: number): SearchToken {
    this.position += length;
    return token;
  }

  /** The next token; at the end of the text again and again `end`. */
  next(): SearchToken {
    return this.token(WORD);
  }

  /** True if what comes next is an operator: the word before it is a field. */
  atOperator(): boolean {
    this.position += match(SPACE, this.text, this.position)?.[0].length ?? 0;
    return match(OPERATOR, this.text, this.position) !== null;
  }

  /** The next token where a value is expected. */
  value(): SearchToken {
    return this.token(VALUE);
  }
}

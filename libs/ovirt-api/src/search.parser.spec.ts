import fc from 'fast-check';
import { SearchSyntaxError, likePattern, parseSearch, visitSearch } from './index';
import type { SearchQuery } from './index';

/** A bound against quadratic work, which takes minutes; not a measurement. */
const QUICKLY_MS = 10_000;

/** A search in full parentheses, to see how it was understood. */
function shape(query: SearchQuery): string {
  if (!query.term) return '';
  return visitSearch<string>(query.term, {
    comparison: ({ object, field, operator, value }) => `${object ? `${object}.` : ''}${field} ${operator} «${value}»`,
    text: ({ value }) => `«${value}»`,
    group: (kind, results) => `(${results.join(` ${kind} `)})`,
  });
}

function syntaxError(text: string): SearchSyntaxError {
  try {
    parseSearch(text);
  } catch (error) {
    if (error instanceof SearchSyntaxError) return error;
    throw error;
  }
  throw new Error(`'${text}' was accepted`);
}

describe('parseSearch', () => {
  it.each([
    ['name=vm1', 'name = «vm1»'],
    ['name="d1" and Storage.name="mbs" and vm_names="vm1"', '(name = «d1» and storage.name = «mbs» and vm_names = «vm1»)'],
    ['name=Blank and datacenter=Default', '(name = «Blank» and datacenter = «Default»)'],
    ['(status = up OR status = down) AND (name = "x")', '((status = «up» or status = «down») and name = «x»)'],
    ['a=1 or b=2 and c=3 or d=4', '(a = «1» or (b = «2» and c = «3») or d = «4»)'],
    ['usrname="admin@internal-authz"', 'usrname = «admin@internal-authz»'],
    ['correlation_id=disk_create_xxxxx', 'correlation_id = «disk_create_xxxxx»'],
    ['time>="2026-01-01 10:00" and severity!=normal', '(time >= «2026-01-01 10:00» and severity != «normal»)'],
    ['name=a=b<c', 'name = «a=b<c»'],
    ['name=and', 'name = «and»'],
    ['name=""', 'name = «»'],
    ['name="a \\"b\\" \\\\ \\n"', 'name = «a "b" \\ \\n»'],
    ['name=x*', 'name = «x*»'],
    ['web server', '«web server»'],
    ['a b=c', '(«a» and b = «c»)'],
    ['name=x* datacenter=Default page 1', '(name = «x*» and datacenter = «Default»)'],
    ['a=1 or b=2 c=3', '(a = «1» or (b = «2» and c = «3»))'],
    ['web server name=x (a=1 or b=2)', '(«web server» and name = «x» and (a = «1» or b = «2»))'],
    ['"and" or x', '(«and» or «x»)'],
    ['((a))', '«a»'],
    ['name="x"and b=1', '(name = «x» and b = «1»)'],
    ['  ', ''],
    ['', ''],
  ])('understands %s', (text, expected) => expect(shape(parseSearch(text))).toBe(expected));

  it('reads order and page, in any case, with and without conditions', () => {
    expect(parseSearch('SORTBY NAME ASC page 1')).toEqual({
      term: undefined,
      sort: { object: undefined, field: 'name', descending: false, position: 7 },
      page: 1,
    });
    expect(parseSearch('name=x* sortby Storage.name desc PAGE 33')).toMatchObject({
      sort: { object: 'storage', field: 'name', descending: true },
      page: 33,
    });
    expect(parseSearch('page 2')).toEqual({ term: undefined, sort: undefined, page: 2 });
    expect(parseSearch(undefined)).toEqual({ term: undefined, sort: undefined, page: undefined });
  });

  it.each([
    ['name=', 5],
    ['name= and b=1', 10],
    ['=x', 0],
    ['name=a =c', 7],
    ['name=a and', 10],
    ['or name=a', 0],
    ['(name=a', 7],
    ['name=a)', 6],
    ['name="a', 5],
    ['()', 1],
    ['a.b.c=1', 0],
    ['a and b=', 8],
    ['page 0', 5],
    ['page x', 5],
    ['page', 4],
    ['sortby', 6],
    ['name=a page 1 page 2', 14],
    ['a ! b', 2],
    ['name==x', 5],
    ['"name"=x', 6],
    ['a b=', 4],
  ])('points at the fault in %s', (text, position) => expect(syntaxError(text).position).toBe(position));

  it('bounds nesting, conditions and length, and takes linear time', () => {
    const start = performance.now();
    expect(syntaxError('('.repeat(10_000)).message).toContain('parentheses');
    expect(syntaxError(Array(1000).fill('a=1').join(' or ')).message).toContain('conditions');
    expect(syntaxError('a'.repeat(1_000_000)).message).toContain('too long');
    expect(syntaxError(`"${'\\"'.repeat(16_000)}`).message).toContain('quote');
    expect(shape(parseSearch('a '.repeat(16_000)))).toHaveLength(32_001);
    expect(performance.now() - start).toBeLessThan(QUICKLY_MS);
  });

  it('ends in a query or a SearchSyntaxError for any text', () => {
    const pieces = fc.constantFrom('(', ')', 'and', 'or', 'a', 'b.c', '=', '!=', '<=', '"', '\\', ' ', '*', 'sortby', 'page', '1', 'desc');
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join(' ')),
    );
    fc.assert(
      fc.property(text, (any) => {
        try {
          expect(typeof shape(parseSearch(any))).toBe('string');
        } catch (error) {
          expect(error).toBeInstanceOf(SearchSyntaxError);
          const { position } = error as SearchSyntaxError;
          expect(position >= 0 && position <= any.length).toBe(true);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('gives back any value that was quoted', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const quoted = value.replace(/["\\]/g, '\\$&');
        expect(parseSearch(`name="${quoted}"`).term).toMatchObject({ kind: 'comparison', field: 'name', value });
      }),
    );
  });
});

describe('likePattern', () => {
  it('knows only * as wildcard', () => expect(likePattern('a*_%\\')).toBe('a%\\_\\%\\\\'));
});

import fc from 'fast-check';
import { contentKind, negotiate } from './index';

describe('negotiate', () => {
  it.each([
    [undefined, 'xml'],
    ['', 'xml'],
    ['*/*', 'xml'],
    ['application/*', 'xml'],
    ['application/xml', 'xml'],
    ['text/xml', 'xml'],
    ['APPLICATION/JSON; charset=utf-8', 'json'],
    ['application/json, text/plain, */*', 'json'],
    ['application/json, application/xml', 'json'],
    ['*/*, application/json', 'json'],
    ['application/xml, application/json', 'xml'],
    ['application/json;q=0.5, application/xml;q=0.4', 'json'],
    ['application/json;q=0, */*', 'xml'],
    ['application/xml;q=0, */*;q=0.1', 'json'],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'xml'],
    ['text/html', undefined],
    ['application/xml;q=0', undefined],
    ['application/json;q=2', undefined],
    ['garbage', undefined],
  ])('answers %s with %s', (accept, kind) => expect(negotiate(accept)).toBe(kind));

  it('ends for any header', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (accept) => [undefined, 'xml', 'json'].includes(negotiate(accept))));
  });
});

describe('contentKind', () => {
  it.each([
    ['application/xml', 'xml'],
    ['text/xml;charset=UTF-8', 'xml'],
    ['Application/JSON ; charset=utf-8', 'json'],
    ['application/x-www-form-urlencoded', undefined],
    [undefined, undefined],
  ])('reads %s as %s', (header, kind) => expect(contentKind(header)).toBe(kind));
});

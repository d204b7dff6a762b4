import fc from 'fast-check';
import { MalformedDocument, collection, fromJson, fromXml, toJson, toXml } from './index';
import type { WireObject } from './index';

/** A bound against quadratic work, which takes minutes; not a measurement. */
const QUICKLY_MS = 10_000;

describe('toJson', () => {
  it('writes numbers and booleans as strings, dates as milliseconds, and does not name the root', () => {
    const vm = { id: '1', memory: 1073741824, stateless: false, creation_time: new Date(5), comment: '', host: null };
    expect(JSON.parse(toJson('vm', vm))).toEqual({ id: '1', memory: '1073741824', stateless: 'false', creation_time: 5, comment: '' });
  });

  it('keeps the datum of a statistic a number', () => {
    const statistic = { values: { value: [{ datum: 0.25 }] }, type: 'decimal' };
    expect(JSON.parse(toJson('statistic', statistic))).toEqual({ values: { value: [{ datum: 0.25 }] }, type: 'decimal' });
  });

  it('writes collections as a list under the name of the item, also the empty ones', () => {
    expect(toJson('disks', collection('disks', [{ id: '1' }]))).toBe('{"disk":[{"id":"1"}]}');
    expect(toJson('disks', collection('disks', []))).toBe('{"disk":[]}');
  });

  it('refuses numbers and dates without a value, which are faults of the engine', () => {
    expect(() => toJson('x', { a: Number.POSITIVE_INFINITY })).toThrow(RangeError);
    expect(() => toJson('x', { a: new Date(Number.NaN) })).toThrow(RangeError);
  });
});

describe('fromJson', () => {
  it('reads typed and string scalars alike and leaves out nulls', () => {
    const typed = fromJson('{"disk":{"provisioned_size":1,"sparse":true,"name":null},"xs":[1,"2",null]}');
    const strings = fromJson('{"disk":{"provisioned_size":"1","sparse":"true"},"xs":["1","2"]}');
    expect(typed).toEqual({ element: undefined, body: { disk: { provisioned_size: '1', sparse: 'true' }, xs: ['1', '2'] } });
    expect(typed).toEqual(strings);
  });

  it('reads what the engine wrote like the same document in XML', () => {
    const disk: WireObject = { id: '1', name: 'n', sparse: true, storage_domains: { storage_domain: [{ id: 'a' }, { id: 'b' }] } };
    expect(fromJson(toJson('disk', disk)).body).toEqual(fromXml(toXml('disk', disk)).body);
  });

  it.each([
    ['nothing', ''],
    ['broken text', '{"a":'],
    ['a list', '[]'],
    ['a string', '"a"'],
    ['null', 'null'],
    ['a prototype', '{"__proto__":{"a":"1"}}'],
    ['a nested constructor', '{"a":{"constructor":{"b":"1"}}}'],
    ['lists in lists', '{"a":[[1]]}'],
    ['an inexact integer', '{"a":9007199254740993}'],
    ['an infinite number', '{"a":1e999}'],
    ['a NUL character', '{"a":"\\u0000"}'],
    ['half a surrogate pair', '{"a":"\\ud800"}'],
    ['100,000 levels', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
    ['100,000 nested lists', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['10 MB', `{"a":"${'x'.repeat(10_000_000)}"}`],
  ])('refuses %s quickly', (_, text) => {
    const start = performance.now();
    expect(() => fromJson(text)).toThrow(MalformedDocument);
    expect(performance.now() - start).toBeLessThan(QUICKLY_MS);
  });

  it('ends in a document or the typed error for any JSON and any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string({ unit: 'binary' })), (text) => {
        try {
          expect(fromJson(text).element).toBeUndefined();
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedDocument);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

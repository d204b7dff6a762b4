import fc from 'fast-check';
import {
  Codec,
  array,
  bool,
  decode,
  double,
  encode,
  fixedArray,
  hyper,
  int,
  nothing,
  opaque,
  optional,
  struct,
  text,
  uhyper,
  uint,
} from './xdr.codec';
import { XdrError } from './xdr.error';

interface Sample {
  readonly codec: Codec<unknown>;
  readonly value: unknown;
}

const leaf = <T>(codec: Codec<T>, values: fc.Arbitrary<T>): fc.Arbitrary<Sample> => values.map((value) => ({ codec, value }));

const leaves = [
  leaf(int, fc.integer()),
  leaf(uint, fc.integer({ min: 0, max: 0xffff_ffff })),
  leaf(hyper, fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)),
  leaf(uhyper, fc.bigInt(0n, 2n ** 64n - 1n)),
  leaf(double, fc.double()),
  leaf(bool, fc.boolean()),
  leaf(text, fc.string({ unit: 'grapheme' })),
  leaf(opaque(64), fc.uint8Array({ maxLength: 64 })),
];

/** A type together with a value of it, nested at will. */
const { sample } = fc.letrec<{ sample: Sample }>((tie) => ({
  sample: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    ...leaves,
    tie('sample').map(({ codec, value }) => ({ codec: optional(codec), value })),
    tie('sample').map(({ codec }) => ({ codec: optional(codec), value: null })),
    tie('sample').chain(({ codec, value }) => fc.nat(5).map((count) => ({ codec: array(codec, 5), value: Array(count).fill(value) }))),
    tie('sample').map(({ codec, value }) => ({ codec: fixedArray(codec, 3), value: [value, value, value] })),
    fc.array(tie('sample'), { maxLength: 4 }).map((fields) => ({
      codec: struct(Object.fromEntries(fields.map(({ codec }, index) => [`f${index}`, codec]))),
      value: Object.fromEntries(fields.map(({ value }, index) => [`f${index}`, value])),
    })),
  ),
}));

describe('XDR', () => {
  it('reads back what it wrote, for any type', () => {
    fc.assert(fc.property(sample, ({ codec, value }) => expect(decode(codec, encode(codec, value))).toEqual(value)));
  });

  it('keeps everything in units of four bytes', () => {
    fc.assert(fc.property(sample, ({ codec, value }) => encode(codec, value).length % 4 === 0));
  });

  it('refuses a value that is cut short, wherever it is cut', () => {
    fc.assert(
      fc.property(sample, fc.nat(), ({ codec, value }, cut) => {
        const bytes = encode(codec, value);
        fc.pre(bytes.length > 0);
        expect(() => decode(codec, bytes.subarray(0, cut % bytes.length))).toThrow(XdrError);
      }),
    );
  });

  it('meets garbage with a value or an XdrError and nothing else', () => {
    fc.assert(
      fc.property(sample, fc.uint8Array({ maxLength: 200 }), ({ codec }, garbage) => {
        try {
          decode(codec, garbage);
        } catch (error) {
          expect(error).toBeInstanceOf(XdrError);
        }
      }),
    );
  });

  it.each<[string, Codec<unknown>, unknown]>([
    ['int', int, -1],
    ['uint', uint, 1],
    ['hyper', hyper, -1n],
    ['uhyper', uhyper, 1n],
    ['double', double, 0.5],
    ['text', text, 'abcde'],
  ])('grows for many values of type %s', (_type, item, value) => {
    const codec = array(item, 1_000);
    const values = Array<unknown>(1_000).fill(value);
    expect(decode(codec, encode(codec, values))).toEqual(values);
  });

  it('is the encoding of RFC 4506', () => {
    const codec = struct({ name: text, count: hyper, flag: bool, data: opaque(3), rest: optional(int) });
    const bytes = encode(codec, { name: 'vda1x', count: -2n, flag: true, data: new Uint8Array([1, 2, 0]), rest: null });
    expect(bytes.toString('hex')).toBe('0000000576646131780000 00fffffffffffffffe 00000001 00000003 01020000 00000000'.replaceAll(' ', ''));
  });

  it('refuses numbers that do not fit', () => {
    for (const value of [2 ** 31, -(2 ** 31) - 1, 1.5, NaN]) expect(() => encode(int, value)).toThrow(XdrError);
    for (const value of [2 ** 32, -1]) expect(() => encode(uint, value)).toThrow(XdrError);
    expect(() => encode(hyper, 2n ** 63n)).toThrow(XdrError);
    expect(() => encode(uhyper, -1n)).toThrow(XdrError);
  });

  it('refuses lengths over the limit, when writing and when reading', () => {
    expect(() => encode(opaque(2), new Uint8Array(3))).toThrow('3 bytes are over the limit of 2');
    expect(() => encode(array(int, 1), [1, 2])).toThrow('2 elements are over the limit of 1');
    expect(() => encode(fixedArray(int, 1), [])).toThrow('0 elements where 1 are due');
    expect(() => encode(text, 'x'.repeat(4 * 1024 * 1024 + 1))).toThrow(XdrError);
    expect(() => decode(array(int, 1), encode(array(int, 2), [1, 2]))).toThrow('a length of 2 is over the limit of 1');
    expect(() => decode(text, Buffer.from('ffffffff', 'hex'))).toThrow(XdrError);
  });

  it('refuses bytes after the end and booleans that are neither', () => {
    expect(() => decode(nothing, Buffer.alloc(4))).toThrow('4 bytes are left after the last field');
    expect(() => decode(bool, Buffer.from('00000002', 'hex'))).toThrow('2 is not a boolean');
  });

  it('gives bytes that do not change with the buffer they were read from', () => {
    const buffer = encode(opaque(8), new Uint8Array([1, 2, 3]));
    const value = decode(opaque(8), buffer);
    buffer.fill(0xff);
    expect([...value]).toEqual([1, 2, 3]);
  });
});

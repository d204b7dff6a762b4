import fc from 'fast-check';
import { decode, encode } from '../xdr/xdr.codec';
import { XdrError } from '../xdr/xdr.error';
import { TypedParameterType, typedParameter, uuid } from './wire.types';

describe('uuid', () => {
  it('is sixteen bytes and comes back as it was', () => {
    fc.assert(
      fc.property(fc.uuid(), (value) => {
        const bytes = encode(uuid, value);
        expect(bytes).toHaveLength(16);
        expect(decode(uuid, bytes)).toBe(value);
      }),
    );
  });

  it.each(['', 'x', '123e4567e89b12d3a456426614174000', '123e4567-e89b-12d3-a456-42661417400g', '../../etc/passwd'])(
    'refuses %p',
    (value) => {
      expect(() => encode(uuid, value)).toThrow(XdrError);
    },
  );
});

describe('typedParameter', () => {
  it.each([
    ['int', -1],
    ['uint', 4_000_000_000],
    ['llong', -1n],
    ['ullong', 2n ** 64n - 1n],
    ['double', 0.5],
    ['boolean', true],
    ['string', 'vda'],
  ] as const)('carries a value of type %s', (type, value) => {
    const parameter = { field: 'f', type: TypedParameterType[type], value };
    expect(decode(typedParameter, encode(typedParameter, parameter))).toEqual(parameter);
  });

  it('refuses a type that it does not know', () => {
    expect(() => encode(typedParameter, { field: 'f', type: 8, value: 1 })).toThrow('8 is no type of a typed parameter');
  });
});

import fc from 'fast-check';
import { inspect } from 'node:util';
import { SealBrokenError, SecretBox } from './secret-box';

const place = { table: 'volume_provider', id: '1', column: 'password' };
const box = new SecretBox('ab'.repeat(32));

describe('SecretBox', () => {
  it('opens what it sealed', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => expect(box.open(box.seal(text, place), place)).toBe(text)));
  });

  it('seals the same text differently each time', () => {
    expect(box.seal('x', place)).not.toBe(box.seal('x', place));
  });

  it.each([
    ['another row', { ...place, id: '2' }],
    ['another column', { ...place, column: 'username' }],
    ['another table', { ...place, table: 'authentication_key' }],
  ])('does not open in %s', (_where, elsewhere) => {
    expect(() => box.open(box.seal('x', place), elsewhere)).toThrow(SealBrokenError);
  });

  it('does not open with another key, changed or cut', () => {
    const sealed = box.seal('x', place);
    expect(() => new SecretBox('cd'.repeat(32)).open(sealed, place)).toThrow(SealBrokenError);
    expect(() => box.open(sealed.slice(0, -8), place)).toThrow(SealBrokenError);
    expect(() => box.open('plain text', place)).toThrow(SealBrokenError);
  });

  it('shows no key', () => {
    expect(inspect(box)).not.toContain('ab');
    expect(() => new SecretBox('short')).toThrow(/32 bytes/);
  });
});

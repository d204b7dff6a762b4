import fc from 'fast-check';

import { durationMs } from './duration';
import type { Duration } from './saga.types';

describe('durationMs', () => {
  it.each([
    ['50ms', 50],
    ['2s', 2000],
    ['1.5m', 90_000],
    ['1h', 3_600_000],
  ] as const)('reads %s', (duration, expected) => {
    expect(durationMs(duration)).toBe(expected);
  });

  it('reads every whole number of every unit', () => {
    const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.constantFrom('ms', 's', 'm', 'h'), (amount, unit) => {
        expect(durationMs(`${amount}${unit}`)).toBe(amount * units[unit]);
      }),
    );
  });

  it.each(['', '5', 's', '-1s', '1 s', '1d', '1e3s', 'Infinityms'])('refuses %j', (text) => {
    expect(() => durationMs(text as Duration)).toThrow(RangeError);
  });
});

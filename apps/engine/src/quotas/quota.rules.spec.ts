import { type Measure, inWords, standingOf } from './quota.rules';

const measure = (used: number, wanted: number, changes: Partial<Measure> = {}): Measure => ({
  what: 'storage',
  unit: 'GiB',
  used,
  wanted,
  limit: 10,
  softPct: 80,
  hardPct: 20,
  ...changes,
});

describe('a quota', () => {
  it.each([
    ['up to the threshold', 6, 2, 'within'],
    ['above the threshold', 6, 2.5, 'threshold'],
    ['up to the limit', 6, 4, 'threshold'],
    ['above the limit', 6, 5, 'grace'],
    ['up to the grace', 6, 6, 'grace'],
    ['above the grace', 6, 6.5, 'beyond'],
    ['of those who are beyond and take nothing more', 20, 0, 'within'],
    ['of those who are beyond and give back', 20, -3, 'within'],
  ])('%s', (_what, used, wanted, standing) => {
    expect(standingOf(measure(used, wanted))).toBe(standing);
  });

  it('without a limit allows everything; with a limit of 0 nothing', () => {
    expect(standingOf(measure(9e9, 9e9, { limit: -1 }))).toBe('within');
    expect(standingOf(measure(0, 1, { limit: 0 }))).toBe('beyond');
  });

  it('is told with its figures', () => {
    expect(inWords(measure(1 / 3, 2))).toBe('0.33 GiB of storage are used, 2 GiB more are wanted, and 10 GiB are allowed');
    expect(inWords(measure(2, 1, { what: 'virtual CPUs', unit: '' }))).toBe(
      '2 of virtual CPUs are used, 1 more are wanted, and 10 are allowed',
    );
  });
});

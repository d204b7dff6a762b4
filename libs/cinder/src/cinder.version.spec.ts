import fc from 'fast-check';
import { chosenVersion, compareVersions } from './cinder.version';

const offer = (min_version: string, version: string) => [{ id: 'v3.0', min_version, version }];

describe('the version to speak', () => {
  it.each([
    ['3.0', '3.44', '3.44'],
    ['3.0', '3.59', '3.59'],
    ['3.0', '3.70', '3.70'],
    ['3.0', '3.71', '3.70'],
    ['3.50', '4.2', '3.70'],
  ])('with a Cinder of %s to %s is %s', (min, max, used) => expect(chosenVersion(offer(min, max))).toEqual({ min, max, used }));

  it.each([
    ['3.0', '3.43'],
    ['3.0', '3.5'],
    ['3.71', '3.99'],
  ])('does not exist with a Cinder of %s to %s', (min, max) =>
    expect(() => chosenVersion(offer(min, max))).toThrow(expect.objectContaining({ kind: 'version_too_old', retryable: false }) as Error),
  );

  it('does not exist with a Cinder of v2 only', () =>
    expect(() => chosenVersion([{ id: 'v2.0', min_version: '', version: '' }])).toThrow(
      expect.objectContaining({ kind: 'version_too_old' }) as Error,
    ));

  it('is compared as numbers, not as text', () => {
    const part = fc.nat({ max: 200 });
    fc.assert(fc.property(part, part, (a, b) => Math.sign(compareVersions(`3.${a}`, `3.${b}`)) === Math.sign(a - b)));
  });
});

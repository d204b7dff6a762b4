import fc from 'fast-check';

import { backoffMs, defaultRetrySettings } from './retry.policy';

describe('backoffMs', () => {
  it('doubles from the first pause to the longest, give or take a tenth', () => {
    fc.assert(
      fc.property(fc.nat(10_000), (attempt) => {
        const exact = Math.min(defaultRetrySettings.maxMs, defaultRetrySettings.firstMs * 2 ** attempt);
        const pause = backoffMs(defaultRetrySettings, attempt);
        expect(pause).toBeGreaterThanOrEqual(exact * 0.9);
        expect(pause).toBeLessThanOrEqual(exact * 1.1);
      }),
    );
  });
});

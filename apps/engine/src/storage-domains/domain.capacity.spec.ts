import type { Pool } from '@clinker/cinder';
import { capacityOf } from './domain.capacity';

const GIB = 2 ** 30;
const pool = (totalGiB: number | null, freeGiB: number | null) => ({ totalGiB, freeGiB }) as Pool;

describe('the capacity of a domain', () => {
  it('is the sum of its pools, in bytes', () => {
    expect(capacityOf([pool(10, 4), pool(20, 20)])).toEqual({ availableBytes: 24 * GIB, usedBytes: 6 * GIB });
    expect(capacityOf([pool(0.5, 0.25)])).toEqual({ availableBytes: GIB / 4, usedBytes: GIB / 4 });
  });

  it.each([
    ['no pool', []],
    ['an infinite pool', [pool(10, 4), pool(Infinity, Infinity)]],
    ['a pool that does not know', [pool(10, 4), pool(null, null)]],
  ])('is unknown with %s', (_what, pools) => {
    expect(capacityOf(pools)).toEqual({ availableBytes: null, usedBytes: null });
  });
});

import type { Pool, VolumeType } from '@clinker/cinder';
import { capacityOf, poolsOf } from './domain.capacity';

const GIB = 2 ** 30;
const pool = (totalGiB: number | null, freeGiB: number | null, more: Partial<Pool> = {}) =>
  ({ name: `${totalGiB}-${freeGiB}`, totalGiB, freeGiB, ...more }) as Pool;
const type = (extraSpecs: Record<string, string>) => ({ extraSpecs }) as unknown as VolumeType;

describe('the capacity of a domain', () => {
  it('is the sum of its pools, in bytes', () => {
    expect(capacityOf([pool(10, 4), pool(20, 20)])).toEqual({ availableBytes: 24 * GIB, usedBytes: 6 * GIB });
    expect(capacityOf([pool(0.5, 0.25)])).toEqual({ availableBytes: GIB / 4, usedBytes: GIB / 4 });
  });

  it('counts one place once, however many back ends report it', () => {
    const place = { locationInfo: 'ceph:/etc/ceph.conf:fsid:cinder:volumes' };
    const pools = [pool(10, 4, { name: 'a@rbd#rbd', ...place }), pool(10, 4, { name: 'b@rbd#rbd', ...place })];
    expect(capacityOf(pools)).toEqual({ availableBytes: 4 * GIB, usedBytes: 6 * GIB });
  });

  it.each([
    ['no pool', []],
    ['an infinite pool', [pool(10, 4), pool(Infinity, Infinity)]],
    ['a pool that does not know', [pool(10, 4), pool(null, null)]],
  ])('is unknown with %s', (_what, pools) => {
    expect(capacityOf(pools)).toEqual({ availableBytes: null, usedBytes: null });
  });

  it('is, for a volume type, that of the back end that its extra specs name', () => {
    const [fast, slow] = [pool(1, 1, { volumeBackendName: 'fast' }), pool(9, 9, { volumeBackendName: 'slow' })];
    expect(poolsOf(type({ volume_backend_name: 'fast' }), [fast, slow])).toEqual([fast]);
    expect(poolsOf(type({}), [fast, slow])).toEqual([fast, slow]);
    expect(poolsOf(type({ volume_backend_name: 'gone' }), [fast, slow])).toEqual([]);
  });
});

import type { QuotaSet } from '@clinker/cinder';
import { exceededBySnapshots, exceededLimit, fitsEasily } from './volume.limits';

const limits = (entries: Record<string, [max: number | null, used: number, reserved?: number]>): QuotaSet =>
  new Map(Object.entries(entries).map(([name, [max, used, reserved = 0]]) => [name, { max, used, reserved }]));

const two = { sizeGiB: 2, volumeType: null };
const twoOfGold = { sizeGiB: 2, volumeType: 'gold' };

describe('the limits of a Cinder project', () => {
  it.each([
    ['the last GiB', { gigabytes: [10, 8] }, two],
    ['the last volume', { volumes: [10, 9] }, two],
    ['no limit at all', { gigabytes: [null, 99_999], volumes: [null, 99_999], per_volume_gigabytes: [null, 0] }, two],
    ['limits that Cinder does not tell', {}, two],
    ['another type that is full', { gigabytes_gold: [2, 2] }, two],
  ] as const)('leave room for %s', (_what, entries, wanted) => {
    expect(exceededLimit(limits(entries as never), wanted)).toBeUndefined();
  });

  it.each([
    ['gigabytes', { gigabytes: [10, 9] }, two, '9 of 10 gigabytes are used, and 2 more are wanted.'],
    ['reserved gigabytes', { gigabytes: [10, 7, 2] }, two, '9 of 10 gigabytes'],
    ['volumes', { volumes: [10, 10] }, two, '10 of 10 volumes are used, and 1 more are wanted.'],
    ['gigabytes of the type', { gigabytes: [null, 0], gigabytes_gold: [3, 2] }, twoOfGold, '2 of 3 gigabytes_gold'],
    ['volumes of the type', { volumes_gold: [0, 0] }, twoOfGold, '0 of 0 volumes_gold'],
    ['the size of one volume', { per_volume_gigabytes: [1, 0] }, two, 'a volume may have at most 1 GiB, and 2 GiB are wanted.'],
  ] as const)('refuse what exceeds the %s', (_what, entries, wanted, text) => {
    expect(exceededLimit(limits(entries as never), wanted)).toContain(text);
  });

  it('count only the growth of a volume that is there', () => {
    const grown = { sizeGiB: 5, volumeType: 'gold', presentGiB: 3 };
    expect(exceededLimit(limits({ gigabytes: [10, 8], volumes: [1, 1], volumes_gold: [1, 1] }), grown)).toBeUndefined();
    expect(exceededLimit(limits({ gigabytes_gold: [10, 9] }), grown)).toContain('9 of 10 gigabytes_gold are used, and 2 more are wanted.');
    expect(exceededLimit(limits({ per_volume_gigabytes: [4, 0] }), grown)).toContain('at most 4 GiB');
  });

  it('count as easily kept only if ten such volumes fit', () => {
    expect(fitsEasily(limits({ gigabytes: [100, 80], volumes: [null, 0] }), two)).toBe(true);
    expect(fitsEasily(limits({ gigabytes: [100, 81] }), two)).toBe(false);
    expect(fitsEasily(limits({ volumes: [10, 1] }), two)).toBe(false);
    expect(fitsEasily(limits({ per_volume_gigabytes: [1, 0] }), two)).toBe(false);
  });

  it('count what others have just been let pass', () => {
    const others = [two, { sizeGiB: 3, volumeType: 'gold' }];
    expect(exceededLimit(limits({ gigabytes: [10, 3] }), two, others)).toBeUndefined();
    expect(exceededLimit(limits({ gigabytes: [10, 4] }), two, others)).toBe('9 of 10 gigabytes are used, and 2 more are wanted.');
    expect(exceededLimit(limits({ gigabytes_gold: [4, 0] }), twoOfGold, others)).toContain('3 of 4 gigabytes_gold');
    expect(fitsEasily(limits({ volumes: [12, 1] }), two)).toBe(true);
    expect(fitsEasily(limits({ volumes: [12, 1] }), two, others)).toBe(false);
  });

  it('count snapshots, and the sizes of their volumes, together', () => {
    const volumes = [two, twoOfGold, twoOfGold];
    expect(exceededBySnapshots(limits({ snapshots: [5, 2], gigabytes: [10, 4] }), volumes)).toBeUndefined();
    expect(exceededBySnapshots(limits({ snapshots: [4, 2] }), volumes)).toBe('2 of 4 snapshots are used, and 3 more are wanted.');
    expect(exceededBySnapshots(limits({ snapshots_gold: [1, 0] }), volumes)).toContain('0 of 1 snapshots_gold');
    expect(exceededBySnapshots(limits({ gigabytes: [9, 4] }), volumes)).toContain('4 of 9 gigabytes are used, and 6 more');
    expect(exceededBySnapshots(limits({ snapshots: [null, 9] }), volumes)).toBeUndefined();
  });
});

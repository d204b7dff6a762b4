import { VolumeClaims } from './volume.claims';

const small = { sizeGiB: 1, volumeType: null };

describe('claims on a limit', () => {
  it('count until Cinder has answered them, and for figures that are older than its answer', () => {
    const claims = new VolumeClaims();
    const before = Date.now() - 1;
    claims.make('a', 'p', small);
    claims.make('b', 'other', small);
    expect(claims.since('p', Date.now() + 1)).toEqual([small]);
    claims.settle('a');
    expect(claims.since('p', before)).toEqual([small]);
    expect(claims.since('p', Date.now() + 1)).toEqual([]);
  });

  it('are waited for, but not for long', async () => {
    const claims = new VolumeClaims();
    claims.make('a', 'p', small);
    const began = Date.now();
    await claims.allSettled('p', 20);
    expect(Date.now() - began).toBeGreaterThanOrEqual(15);
    const settled = claims.allSettled('p', 60_000);
    claims.settle('a');
    await settled;
  });

  it('that nobody settles are forgotten', () => {
    jest.useFakeTimers();
    const claims = new VolumeClaims();
    claims.make('a', 'p', small);
    jest.advanceTimersByTime(31_000);
    expect(claims.since('p', 0)).toEqual([]);
    jest.useRealTimers();
  });
});

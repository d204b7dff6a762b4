import { PollInterval } from './poll.interval';

const options = { firstMs: 50, maxMs: 1000, maxFailingMs: 10_000 };
const exact = (): PollInterval => new PollInterval(options, () => 0.5);

describe('the interval between looks', () => {
  it('grows slowly while nothing happens, up to its limit', () => {
    const interval = exact();
    const waits = Array.from({ length: 20 }, () => {
      const wait = interval.next();
      interval.succeeded(false);
      return Math.round(wait);
    });
    expect(waits.slice(0, 6)).toEqual([50, 63, 78, 98, 122, 153]);
    expect(waits.slice(-2)).toEqual([1000, 1000]);
  });

  it('is short again after a restart, and after a change shorter than when all is quiet', () => {
    const interval = exact();
    Array.from({ length: 20 }, () => interval.succeeded(false));
    interval.succeeded(true);
    expect(Math.round(interval.next())).toBe(122);
    interval.restart();
    expect(interval.next()).toBe(50);
  });

  it('grows while the service fails, and a restart does not hurry it', () => {
    const interval = exact();
    const waits = Array.from({ length: 7 }, () => {
      interval.failed();
      interval.restart();
      return interval.next();
    });
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
    interval.succeeded(false);
    interval.restart();
    expect(interval.next()).toBe(50);
  });

  it('leaves the service alone after a look that took long, also when there is something new to wait for', () => {
    const interval = exact();
    interval.succeeded(true, 250);
    expect(interval.next()).toBe(400);
    interval.restart();
    expect(interval.next()).toBe(400);
    interval.succeeded(false, 5_000);
    expect(interval.next()).toBe(1000);
    interval.succeeded(false, 40);
    interval.restart();
    expect(interval.next()).toBe(50);
  });

  it('varies by a fifth', () => {
    expect(new PollInterval(options, () => 0).next()).toBeCloseTo(40);
    expect(new PollInterval(options, () => 1).next()).toBeCloseTo(60);
  });

  it('stays finite for ever', () => {
    const interval = exact();
    for (let look = 0; look < 5000; look += 1) interval.succeeded(false);
    expect(interval.next()).toBe(1000);
  });
});

import { pauseAfter } from './vm-restart.rules';

describe('pauses between restarts', () => {
  it('double, up to the longest', () => {
    expect([1, 2, 3, 5, 6, 10, 1000].map((attempts) => pauseAfter(attempts, 30, 20))).toEqual([30, 60, 120, 480, 600, 600, 600]);
  });
});

import { shortcomingOf } from './guest.hold';

describe('what is said of a snapshot of a running VM', () => {
  it('is nothing if the guest was frozen', () => {
    expect(shortcomingOf({ notFrozen: null, notPaused: '' }, 2)).toBeUndefined();
  });

  it('is that its disks fit together if the guest was paused', () => {
    expect(shortcomingOf({ notFrozen: 'no agent', notPaused: null }, 2)).toBe(
      'it is only as consistent as after a power failure, because the guest could not be frozen (no agent); its disks are of one moment, for which the guest was paused',
    );
  });

  it('is that they may not if it could be held in no way', () => {
    expect(shortcomingOf({ notFrozen: 'no agent', notPaused: 'gone' }, 2)).toMatch(/different moments, because .*paused either \(gone\)$/);
    expect(shortcomingOf({ notFrozen: 'too late', notPaused: '' }, 2)).toMatch(/different moments$/);
  });

  it('is nothing about several moments if there is one disk', () => {
    expect(shortcomingOf({ notFrozen: 'no agent', notPaused: '' }, 1)).toMatch(/\(no agent\)$/);
  });
});

import type { Pool } from '@clinker/cinder';
import { type Health, findingOf, isLowOnSpace, nextHealth } from './domain.health';
import type { ExternalStatus } from './storage-domain.entity';

const after = (start: ExternalStatus, looks: ExternalStatus[]): Health =>
  looks.reduce<Health>((health, seen) => nextHealth(health, seen), { status: start, contraryLooks: 0 });

describe('the health of a domain', () => {
  it.each<[string, ExternalStatus, ExternalStatus[], ExternalStatus]>([
    ['three failures are none', 'ok', ['error', 'error', 'error'], 'ok'],
    ['the fourth failure counts', 'ok', ['error', 'error', 'error', 'error'], 'error'],
    ['an answer in between begins anew', 'ok', ['error', 'error', 'error', 'ok', 'error', 'error', 'error'], 'ok'],
    ['one answer is no recovery', 'error', ['ok'], 'error'],
    ['nor is one now and then', 'error', ['ok', 'error', 'ok', 'error', 'ok'], 'error'],
    ['two are', 'error', ['ok', 'ok'], 'ok'],
    ['trouble may become less', 'error', ['warning', 'warning', 'warning', 'warning'], 'warning'],
  ])('%s', (_what, start, looks, expected) => {
    expect(after(start, looks).status).toBe(expected);
  });

  it('is in part only when a back end is down, or none reports', () => {
    const pool = (name: string, backendState: string) => ({ name, backendState, totalGiB: 2, freeGiB: 1 }) as Pool;
    expect(findingOf([pool('a', 'up')])).toMatchObject({ status: 'ok', capacity: { availableBytes: 2 ** 30 } });
    expect(findingOf([pool('a', 'up'), pool('b', 'down')])).toMatchObject({
      status: 'warning',
      reason: expect.stringContaining('b') as string,
    });
    expect(findingOf([])).toMatchObject({ status: 'warning' });
    expect(findingOf(undefined)).toEqual({ status: 'ok', reason: '', capacity: { availableBytes: null, usedBytes: null } });
  });

  it.each([
    ['9 % are too little', 9, false, true],
    ['10 % are not', 10, false, false],
    ['11 % do not end the warning', 11, true, true],
    ['12 % do', 12, true, false],
  ])('of its space: %s', (_what, percent, before, expected) => {
    const capacity = { availableBytes: percent, usedBytes: 100 - percent };
    expect(isLowOnSpace({ warningLowSpaceIndicator: 10 }, capacity, before)).toBe(expected);
  });

  it('never warns of what is not known', () => {
    expect(isLowOnSpace({ warningLowSpaceIndicator: 100 }, { availableBytes: null, usedBytes: null }, true)).toBe(false);
  });
});

import type { DomainReport } from '@clinker/agent-protocol';
import { causeOf, verdict } from './domain.verdict';

const report = (state: DomainReport['state'], reason = ''): DomainReport => ({ vmId: 'v', name: 'web', state, reason, disks: [] });

describe('verdict', () => {
  it.each(['absent', 'shut_off', 'crashed'] as const)('takes %s for gone', (state) => {
    expect(verdict(report(state))).toEqual({ status: 'gone' });
  });

  it('takes a domain that is not listed for gone', () => {
    expect(verdict(undefined)).toEqual({ status: 'gone' });
  });

  it.each([
    ['running', 'up'],
    ['shutting_down', 'up'],
    ['paused', 'paused'],
    ['suspended', 'paused'],
  ] as const)('takes %s for %s', (state, status) => {
    expect(verdict(report(state, 'ioerror'))).toEqual({ status, reason: 'ioerror' });
  });

  it('takes a guest for up that is paused for a snapshot', () => {
    expect(verdict(report('paused', 'snapshot'))).toEqual({ status: 'up', reason: 'snapshot' });
  });
});

describe('causeOf', () => {
  it('tells a power-off from a crash', () => {
    expect(causeOf({ event: 'stopped', detail: 'shutdown' })?.faulty).toBe(false);
    expect(causeOf({ event: 'shut_down', detail: 'guest' })?.faulty).toBe(false);
    expect(causeOf({ event: 'shut_down', detail: 'host' })).toBeUndefined();
    expect(causeOf({ event: 'stopped', detail: 'crashed' })?.faulty).toBe(true);
    expect(causeOf({ event: 'stopped', detail: 'failed' })?.faulty).toBe(true);
    expect(causeOf({ event: 'stopped', detail: 'destroyed' })?.faulty).toBe(true);
    expect(causeOf({ event: 'crashed', detail: '' })?.faulty).toBe(true);
  });

  it('says nothing about other notices', () => {
    expect(causeOf({ event: 'paused', detail: 'ioerror' })).toBeUndefined();
    expect(causeOf({ event: 'device_removed', detail: '' })).toBeUndefined();
  });
});

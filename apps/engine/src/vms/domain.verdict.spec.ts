import type { DomainNotice, DomainReport } from '@clinker/agent-protocol';
import { causeAfter, causeOf, verdict } from './domain.verdict';

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
  const told = (...notices: [event: DomainNotice['event'], detail: string][]) =>
    causeOf(notices.map(([event, detail]) => ({ event, detail })));

  it('tells a power-off from a crash, and from an end that nobody in the guest wanted', () => {
    expect(told(['shut_down', 'guest'], ['stopped', 'shutdown'])?.faulty).toBe(false);
    expect(told(['stopped', 'shutdown'])?.faulty).toBe(false);
    expect(told(['shut_down', 'guest'])?.faulty).toBe(false);
    expect(told(['shut_down', 'guest'], ['stopped', 'destroyed'])?.faulty).toBe(false);
    expect(told(['shut_down', 'host'], ['stopped', 'shutdown'])).toEqual({ reason: 'The VM was ended on its host (host).', faulty: true });
    expect(told(['shut_down', 'host'], ['stopped', 'destroyed'])?.reason).toBe('The VM was ended on its host (destroyed).');
    expect(told(['stopped', 'crashed'])?.faulty).toBe(true);
    expect(told(['stopped', 'failed'])?.faulty).toBe(true);
    expect(told(['stopped', 'destroyed'])?.faulty).toBe(true);
    expect(told(['crashed', ''])?.faulty).toBe(true);
  });

  it('believes nothing that a guest has outlived', () => {
    expect(told(['shut_down', 'guest'], ['resumed', ''])).toBeUndefined();
    expect(told(['shut_down', 'guest'], ['resumed', ''], ['crashed', 'failed'])?.faulty).toBe(true);
    expect(told(['shut_down', 'guest'], ['crashed', 'failed'])?.faulty).toBe(true);
  });

  it('says nothing about other notices', () => {
    expect(told()).toBeUndefined();
    expect(told(['paused', 'ioerror'])).toBeUndefined();
    const crashed = { reason: 'The VM crashed.', faulty: true };
    expect(causeAfter(crashed, { event: 'device_removed', detail: '' })).toBe(crashed);
  });
});

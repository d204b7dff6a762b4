import type { DomainNotice } from '@clinker/agent-protocol';
import { HOST_FENCED } from './domain.verdict';
import { EndCauses } from './end.causes';

const notice = (event: DomainNotice['event'], detail: string): DomainNotice => ({ vmId: 'v', event, detail, diskId: null });
const later = () => new Date(Date.now() + 60_000);

describe('causes of ends', () => {
  let causes: EndCauses;

  beforeEach(() => {
    causes = new EndCauses();
  });

  it('are what a host has told of its own domain', () => {
    causes.told('a', notice('shut_down', 'guest'));
    causes.told('a', notice('stopped', 'shutdown'));
    causes.told('b', notice('stopped', 'destroyed'));
    expect(causes.of('v', 'a', new Date(0))).toMatchObject({ faulty: false });
    expect(causes.of('v', 'b', null)).toMatchObject({ faulty: true });
    expect(causes.of('v', 'c', null)).toBeUndefined();
  });

  it('are forgotten with the next run, even if its start was not heard', () => {
    causes.told('a', notice('shut_down', 'guest'));
    expect(causes.of('v', 'a', later())).toBeUndefined();
    causes.told('a', notice('started', 'booted'));
    expect(causes.of('v', 'a', null)).toBeUndefined();
  });

  it('may be known otherwise', () => {
    causes.set('v', 'a', HOST_FENCED);
    expect(causes.of('v', 'a', new Date(0))).toBe(HOST_FENCED);
  });
});

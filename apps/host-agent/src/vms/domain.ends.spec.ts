import type { DomainNotice } from '@clinker/agent-protocol';
import { DISK_ID as OTHER_ID, VM_ID } from '../testing/definitions.testing';
import { DomainEnds } from './domain.ends';

const notice = (event: DomainNotice['event'], detail = '', vmId = VM_ID): DomainNotice => ({ vmId, event, detail, diskId: null });

describe('how domains have ended', () => {
  let ends: DomainEnds;
  const told = (vmId = VM_ID) => ends.of(vmId).map(({ event, detail }) => `${event} ${detail}`.trim());

  beforeEach(() => {
    ends = new DomainEnds();
  });

  it('is kept, in the order in which it was told, once each', () => {
    for (const one of [notice('started'), notice('shut_down', 'guest'), notice('shut_down', 'guest'), notice('stopped', 'shutdown')])
      ends.note(one);
    expect(told()).toEqual(['shut_down guest', 'stopped shutdown']);
  });

  it.each(['started', 'resumed'] as const)('is forgotten when the domain has %s', (event) => {
    ends.note(notice('shut_down', 'guest'));
    ends.note(notice(event));
    ends.note(notice('crashed', 'failed'));
    expect(told()).toEqual(['crashed failed']);
  });

  it('is told of each domain by itself, and other notices are none of it', () => {
    ends.note(notice('stopped', 'destroyed'));
    ends.note(notice('io_error', 'pause enospc', OTHER_ID));
    expect([told(), told(OTHER_ID)]).toEqual([['stopped destroyed'], []]);
  });

  it('is forgotten of the first when there are too many', () => {
    const ids = Array.from({ length: 1001 }, (_one, index) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`);
    for (const id of ids) ends.note(notice('crashed', '', id));
    expect(ids.filter((id) => ends.of(id).length === 0)).toEqual(ids.slice(0, 1));
  });
});

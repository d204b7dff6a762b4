import type { DomainEvent, LibvirtClient } from '@clinker/libvirt';
import { EventEmitter } from 'node:events';
import { VM_ID } from '../testing/definitions.testing';
import { watchRemoval } from './removal.watch';

const removed = { type: 'device-removed', uuid: VM_ID, name: 'vm', alias: 'ua-1' } satisfies DomainEvent;
const stopped = { type: 'lifecycle', uuid: VM_ID, name: 'vm', event: 'stopped', detail: 'destroyed' } satisfies DomainEvent;

describe('watchRemoval', () => {
  const events = new EventEmitter() as unknown as LibvirtClient;
  const outcomeOf = (...told: DomainEvent[]): Promise<string> => {
    const watch = watchRemoval(events, VM_ID, 'ua-1');
    told.forEach((event) => events.emit('domainEvent', event));
    return watch.within(1);
  };

  afterEach(() => expect(events.listenerCount('domainEvent')).toBe(0));

  it('hears an event that comes before anybody waits', async () => {
    await expect(outcomeOf(removed)).resolves.toBe('removed');
  });

  it('tells a refusal from a removal, and takes the first', async () => {
    await expect(outcomeOf({ ...removed, type: 'device-removal-failed' }, removed)).resolves.toBe('refused');
  });

  it('counts the end of the domain as a removal', async () => {
    await expect(outcomeOf(stopped)).resolves.toBe('removed');
  });

  it.each<DomainEvent>([
    { ...removed, alias: 'ua-2' },
    { ...removed, uuid: 'another' },
    { ...removed, type: 'device-added' },
    { ...stopped, event: 'resumed' },
  ])('is silent for %j', async (event) => {
    await expect(outcomeOf(event)).resolves.toBe('silent');
  });
});

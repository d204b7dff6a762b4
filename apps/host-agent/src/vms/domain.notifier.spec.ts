import { domainNoticeSchema } from '@clinker/agent-protocol';
import type { DomainEvent } from '@clinker/libvirt';
import { DISK_ID, VM_ID } from '../testing/definitions.testing';
import { noticeOf } from './domain.notifier';

const of = { uuid: VM_ID, name: 'vm' };
const lifecycle = (event: string, detail = ''): DomainEvent => ({ ...of, type: 'lifecycle', event, detail }) as DomainEvent;

describe('noticeOf', () => {
  it.each<[DomainEvent, object]>([
    [lifecycle('started', 'booted'), { event: 'started', detail: 'booted' }],
    [lifecycle('stopped', 'destroyed'), { event: 'stopped', detail: 'destroyed' }],
    [lifecycle('stopped', 'failed'), { event: 'crashed' }],
    [lifecycle('stopped', 'crashed'), { event: 'crashed' }],
    [lifecycle('shutdown', 'guest'), { event: 'shut_down' }],
    [lifecycle('suspended', 'ioerror'), { event: 'paused', detail: 'ioerror' }],
    [lifecycle('resumed'), { event: 'resumed' }],
    [
      { ...of, type: 'device-added', alias: `ua-${DISK_ID}` },
      { event: 'device_added', diskId: DISK_ID },
    ],
    [
      { ...of, type: 'device-removed', alias: `ua-${DISK_ID}` },
      { event: 'device_removed', diskId: DISK_ID },
    ],
    [
      { ...of, type: 'device-removal-failed', alias: 'net0' },
      { event: 'device_removal_failed', diskId: null },
    ],
    [
      { ...of, type: 'io-error', path: 'p', alias: `ua-${DISK_ID}`, action: 'pause', reason: 'enospc' },
      { event: 'io_error', diskId: DISK_ID, detail: 'pause enospc' },
    ],
  ])('%j', (event, expected) => {
    const notice = domainNoticeSchema.parse(noticeOf(event));
    expect(notice).toMatchObject({ vmId: VM_ID, ...expected });
  });

  it.each<DomainEvent>([lifecycle('defined'), lifecycle('unknown'), { ...of, type: 'reboot' }])('is nothing for %j', (event) => {
    expect(noticeOf(event)).toBeNull();
  });
});

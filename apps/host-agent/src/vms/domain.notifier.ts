import type { DomainNotice } from '@clinker/agent-protocol';
import type { DomainEvent, LifecycleEvent } from '@clinker/libvirt';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { LibvirtLink } from '../libvirt/libvirt.link';
import { EngineLink } from '../transport/engine.link';
import { deviceIdOf } from './device.alias';
import { DomainEnds } from './domain.ends';

type Event = DomainNotice['event'];

const LIFECYCLE: Partial<Record<LifecycleEvent['event'], Event>> = {
  started: 'started',
  suspended: 'paused',
  resumed: 'resumed',
  stopped: 'stopped',
  shutdown: 'shut_down',
  crashed: 'crashed',
};

/** Passes on to the engine what libvirt tells of domains: a signal to look, not a fact to store. */
@Injectable()
export class DomainNotifier implements OnModuleInit {
  constructor(
    private readonly libvirt: LibvirtLink,
    private readonly engine: EngineLink,
    private readonly ends: DomainEnds,
  ) {}

  onModuleInit(): void {
    this.libvirt.on('domainEvent', (event) => {
      const notice = noticeOf(event);
      if (!notice) return;
      this.ends.note(notice);
      this.engine.tell('domain', notice);
    });
  }
}

/** Null for what the engine need not know. */
export function noticeOf(event: DomainEvent): DomainNotice | null {
  switch (event.type) {
    case 'lifecycle':
      return lifecycleNotice(event);
    case 'device-added':
      return { vmId: event.uuid, event: 'device_added', diskId: deviceIdOf(event.alias), detail: '' };
    case 'device-removed':
      return { vmId: event.uuid, event: 'device_removed', diskId: deviceIdOf(event.alias), detail: '' };
    case 'device-removal-failed':
      return { vmId: event.uuid, event: 'device_removal_failed', diskId: deviceIdOf(event.alias), detail: '' };
    case 'io-error':
      return { vmId: event.uuid, event: 'io_error', diskId: deviceIdOf(event.alias), detail: `${event.action} ${event.reason}`.trim() };
    default:
      return null;
  }
}

function lifecycleNotice({ uuid, event, detail }: LifecycleEvent): DomainNotice | null {
  const name = event === 'stopped' && (detail === 'crashed' || detail === 'failed') ? 'crashed' : LIFECYCLE[event];
  return name ? { vmId: uuid, event: name, diskId: null, detail } : null;
}

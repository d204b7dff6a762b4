import { Codec, ValueOf, decode, int, struct, text } from '../xdr/xdr.codec';
import { DeviceEvent, DomainEvent, LifecycleEventName, lifecycleEvents } from '../domain.events';
import { WireDomain, domain } from './wire.types';

/** Details of each lifecycle event, in libvirt's order (`virDomainEventDefinedDetailType` and its like). */
const lifecycleDetails: Record<LifecycleEventName, readonly string[]> = {
  defined: ['added', 'updated', 'renamed', 'from-snapshot'],
  undefined: ['removed', 'renamed'],
  started: ['booted', 'migrated', 'restored', 'from-snapshot', 'wakeup'],
  suspended: ['paused', 'migrated', 'ioerror', 'watchdog', 'restored', 'from-snapshot', 'api-error', 'postcopy', 'postcopy-failed'],
  resumed: ['unpaused', 'migrated', 'from-snapshot', 'postcopy', 'postcopy-failed'],
  stopped: ['shutdown', 'destroyed', 'crashed', 'migrated', 'saved', 'failed', 'from-snapshot'],
  shutdown: ['finished', 'guest', 'host'],
  pmsuspended: ['memory', 'disk'],
  crashed: ['panicked', 'crashloaded'],
  unknown: [],
};

const ioErrorActions = ['none', 'pause', 'report'] as const;
const blockJobs = ['unknown', 'pull', 'copy', 'commit', 'active-commit', 'backup'] as const;
const blockJobStatuses = ['completed', 'failed', 'canceled', 'ready'] as const;
const agentStates = ['unknown', 'connected', 'disconnected'] as const;
const agentReasons = ['unknown', 'domain-started', 'channel'] as const;

/** One kind of event: what to register for, the message that then comes, and what it means. */
interface EventKind {
  /** `virDomainEventID` of libvirt's public API. */
  readonly eventId: number;
  /** Number of the message in libvirt's program. */
  readonly message: number;
  readonly read: (payload: Uint8Array) => DomainEvent;
}

function kind<T>(eventId: number, message: number, codec: Codec<T>, meaning: (message: T) => DomainEvent): EventKind {
  return { eventId, message, read: (payload) => meaning(decode(codec, payload)) };
}

const deviceMessage = struct({ callbackId: int, domain, alias: text });

const deviceEvent =
  (type: DeviceEvent['type']) =>
  (message: ValueOf<typeof deviceMessage>): DomainEvent => ({ type, ...naming(message.domain), alias: message.alias });

/** Every event that is registered for after each connect. A new kind is one more entry. */
export const eventKinds: readonly EventKind[] = [
  kind(0, 318, struct({ callbackId: int, domain, event: int, detail: int }), (message) => {
    const event = lifecycleEvents[message.event] ?? 'unknown';
    return { type: 'lifecycle', ...naming(message.domain), event, detail: lifecycleDetails[event][message.detail] ?? 'unknown' };
  }),
  kind(1, 319, struct({ callbackId: int, domain }), (message) => ({ type: 'reboot', ...naming(message.domain) })),
  kind(6, 324, struct({ callbackId: int, domain, path: text, alias: text, action: int, reason: text }), (message) => ({
    type: 'io-error',
    ...naming(message.domain),
    path: message.path,
    alias: message.alias,
    action: ioErrorActions[message.action] ?? 'unknown',
    reason: message.reason,
  })),
  kind(15, 333, deviceMessage, deviceEvent('device-removed')),
  kind(19, 354, deviceMessage, deviceEvent('device-added')),
  kind(22, 367, deviceMessage, deviceEvent('device-removal-failed')),
  kind(16, 339, struct({ callbackId: int, domain, disk: text, job: int, status: int }), (message) => ({
    type: 'block-job',
    ...naming(message.domain),
    disk: message.disk,
    job: blockJobs[message.job] ?? 'unknown',
    status: blockJobStatuses[message.status] ?? 'unknown',
  })),
  kind(18, 348, struct({ callbackId: int, domain, state: int, reason: int }), (message) => ({
    type: 'agent-lifecycle',
    ...naming(message.domain),
    state: agentStates[message.state] ?? 'unknown',
    reason: agentReasons[message.reason] ?? 'unknown',
  })),
];

const kindsByMessage = new Map(eventKinds.map((entry) => [entry.message, entry]));

/** The event that a message of libvirt's program carries; undefined for a kind that was not registered for. */
export function domainEventOf(message: number, payload: Uint8Array): DomainEvent | undefined {
  return kindsByMessage.get(message)?.read(payload);
}

function naming({ uuid, name }: WireDomain): { readonly uuid: string; readonly name: string } {
  return { uuid, name };
}

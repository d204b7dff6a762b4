interface OfDomain {
  readonly uuid: string;
  readonly name: string;
}

/** A domain came, went or changed its state. `detail` is libvirt's reason in lower case with hyphens, as `destroyed` for `stopped`. */
export interface LifecycleEvent extends OfDomain {
  readonly type: 'lifecycle';
  readonly event: LifecycleEventName;
  readonly detail: string;
}

/** A device came, went, or the guest refused to let it go. */
export interface DeviceEvent extends OfDomain {
  readonly type: 'device-added' | 'device-removed' | 'device-removal-failed';
  readonly alias: string;
}

/** QEMU could not read or write. `reason` is `enospc` or empty; `action` says what became of the guest. */
export interface IoErrorEvent extends OfDomain {
  readonly type: 'io-error';
  readonly path: string;
  readonly alias: string;
  readonly action: 'none' | 'pause' | 'report' | 'unknown';
  readonly reason: string;
}

/** A block job ended or is ready for its pivot. `disk` is the target, as `vda`. */
export interface BlockJobEvent extends OfDomain {
  readonly type: 'block-job';
  readonly disk: string;
  readonly job: 'unknown' | 'pull' | 'copy' | 'commit' | 'active-commit' | 'backup';
  readonly status: 'completed' | 'failed' | 'canceled' | 'ready' | 'unknown';
}

/** The guest agent opened or closed its channel. */
export interface AgentLifecycleEvent extends OfDomain {
  readonly type: 'agent-lifecycle';
  readonly state: 'connected' | 'disconnected' | 'unknown';
  readonly reason: 'unknown' | 'domain-started' | 'channel';
}

/** The guest started again inside the same QEMU. */
export interface RebootEvent extends OfDomain {
  readonly type: 'reboot';
}

export type DomainEvent = LifecycleEvent | DeviceEvent | IoErrorEvent | BlockJobEvent | AgentLifecycleEvent | RebootEvent;

/** In libvirt's order (`virDomainEventType`). */
export const lifecycleEvents = [
  'defined',
  'undefined',
  'started',
  'suspended',
  'resumed',
  'stopped',
  'shutdown',
  'pmsuspended',
  'crashed',
] as const;

export type LifecycleEventName = (typeof lifecycleEvents)[number] | 'unknown';

/** States of a domain, in libvirt's order (`virDomainState`). */
const states = ['nostate', 'running', 'blocked', 'paused', 'shutdown', 'shutoff', 'crashed', 'pmsuspended'] as const;

/** State of a domain; `unknown` stands for a number that this table does not know. */
export type DomainState = (typeof states)[number] | 'unknown';

/** Why a domain is in its state, in libvirt's order (`virDomainRunningReason` and its like). */
const reasons: Record<DomainState, readonly string[]> = {
  nostate: ['unknown'],
  running: [
    'unknown',
    'booted',
    'migrated',
    'restored',
    'from-snapshot',
    'unpaused',
    'migration-canceled',
    'save-canceled',
    'wakeup',
    'crashed',
    'postcopy',
    'postcopy-failed',
  ],
  blocked: ['unknown'],
  paused: [
    'unknown',
    'user',
    'migration',
    'save',
    'dump',
    'ioerror',
    'watchdog',
    'from-snapshot',
    'shutting-down',
    'snapshot',
    'crashed',
    'starting-up',
    'postcopy',
    'postcopy-failed',
  ],
  shutdown: ['unknown', 'user'],
  shutoff: ['unknown', 'shutdown', 'destroyed', 'crashed', 'migrated', 'saved', 'failed', 'from-snapshot', 'daemon'],
  crashed: ['unknown', 'panicked'],
  pmsuspended: ['unknown'],
  unknown: [],
};

export interface DomainStateAndReason {
  readonly state: DomainState;
  /** libvirt's reason in lower case with hyphens, as `ioerror` for a paused domain; `unknown` when libvirt does not say. */
  readonly reason: string;
}

/** The names for libvirt's two numbers. */
export function domainStateOf(state: number, reason: number): DomainStateAndReason {
  const name = domainStateName(state);
  return { state: name, reason: reasons[name][reason] ?? 'unknown' };
}

export function domainStateName(state: number): DomainState {
  return states[state] ?? 'unknown';
}

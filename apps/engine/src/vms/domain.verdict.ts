import { type DomainNotice, type DomainReport, PAUSED_FOR_SNAPSHOT } from '@clinker/agent-protocol';
import { hasEnded } from './domain.state';
import type { VmStatus } from './vm.entity';

/** What a domain, as its host shows it, means for its VM. */
export type Verdict = { readonly status: Extract<VmStatus, 'up' | 'paused'>; readonly reason: string } | { readonly status: 'gone' };

/** What to think of a domain's report; a domain that the host does not list is gone, and one that a snapshot pauses for a moment is up. */
export function verdict(domain: DomainReport | undefined): Verdict {
  if (!domain || hasEnded(domain)) return { status: 'gone' };
  const held = domain.state === 'paused' && domain.reason === PAUSED_FOR_SNAPSHOT;
  const stopped = !held && (domain.state === 'paused' || domain.state === 'suspended');
  return { status: stopped ? 'paused' : 'up', reason: domain.reason };
}

/** Why a domain has gone, as far as is known. */
export interface Cause {
  readonly reason: string;
  readonly faulty: boolean;
}

const POWERED_OFF: Cause = { reason: 'The guest powered off.', faulty: false };
const CRASHED = /crash|fail/;

const inBrackets = (detail: string): string => (detail ? ` (${detail})` : '');

const endedThere = (detail: string): Cause => ({ reason: `The VM was ended on its host${inBrackets(detail)}.`, faulty: true });

type Told = Pick<DomainNotice, 'event' | 'detail'>;

/** libvirt's word for a QEMU that was asked to end by a signal, as by a host that shuts down. */
const BY_SIGNAL = 'host';
const SIGNALLED = endedThere(BY_SIGNAL);

/**
 * What is known about a domain's end after a notice; undefined as long as it has not ended. Details are libvirt's words: that a guest has powered off
 * is told before QEMU stops, and counts, whatever is told of the stop.
 */
export function causeAfter(before: Cause | undefined, { event, detail }: Told): Cause | undefined {
  if (event === 'started' || event === 'resumed') return undefined;
  if (event === 'shut_down') return detail === BY_SIGNAL ? SIGNALLED : POWERED_OFF;
  if (hasCrashed({ event, detail })) return { reason: `The VM crashed${inBrackets(detail)}.`, faulty: true };
  return event === 'stopped' ? causeAfterStop(before, detail) : before;
}

const hasCrashed = ({ event, detail }: Told): boolean => event === 'crashed' || (event === 'stopped' && CRASHED.test(detail));

/** libvirt ends a domain by a signal, too: then the stop says more. */
function causeAfterStop(before: Cause | undefined, detail: string): Cause {
  if (detail === 'shutdown') return before ?? POWERED_OFF;
  return before && before !== SIGNALLED ? before : endedThere(detail);
}

/** Why a domain has gone of whose end these notices tell, the oldest first; undefined if they do not tell. */
export const causeOf = (notices: readonly Told[]): Cause | undefined => notices.reduce<Cause | undefined>(causeAfter, undefined);

export const HOST_RESTARTED: Cause = { reason: 'The host was restarted.', faulty: true };
export const HOST_FENCED: Cause = { reason: 'The host was confirmed to be off.', faulty: true };
export const UNKNOWN_CAUSE: Cause = { reason: 'The VM was not on its host any more.', faulty: true };

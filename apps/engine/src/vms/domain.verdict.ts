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

/** What a notice tells about a domain's end; undefined if the notice is about something else. Details are libvirt's words. */
export function causeOf({ event, detail }: Pick<DomainNotice, 'event' | 'detail'>): Cause | undefined {
  if (event === 'shut_down') return detail === 'host' ? undefined : POWERED_OFF;
  if (event === 'stopped' && detail === 'shutdown') return POWERED_OFF;
  if (event === 'crashed' || (event === 'stopped' && CRASHED.test(detail)))
    return { reason: `The VM crashed${inBrackets(detail)}.`, faulty: true };
  return event === 'stopped' ? { reason: `The VM was ended on its host${inBrackets(detail)}.`, faulty: true } : undefined;
}

export const HOST_RESTARTED: Cause = { reason: 'The host was restarted.', faulty: true };
export const HOST_FENCED: Cause = { reason: 'The host was confirmed to be off.', faulty: true };
export const UNKNOWN_CAUSE: Cause = { reason: 'The VM was not on its host any more.', faulty: true };

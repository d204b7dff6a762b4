import type { DomainReport } from '@clinker/agent-protocol';

const ENDED: readonly DomainReport['state'][] = ['absent', 'shut_off', 'crashed'];

/** True if no QEMU runs for the domain: nothing holds its volumes open. */
export const hasEnded = ({ state }: DomainReport): boolean => ENDED.includes(state);

import type { Pool } from '@clinker/cinder';
import { type DomainCapacity, UNKNOWN_CAPACITY, capacityOf } from './domain.capacity';
import type { ExternalStatus, StorageDomain } from './storage-domain.entity';

/** What one look at a domain's Cinder has shown. */
export interface Finding {
  readonly status: ExternalStatus;
  /** For people; empty if all is well. */
  readonly reason: string;
  /** Undefined if the look did not come so far. */
  readonly capacity?: DomainCapacity;
}

/** What is known of a domain's Cinder: its status, and how many looks in a row have contradicted it. */
export interface Health {
  readonly status: ExternalStatus;
  readonly contraryLooks: number;
}

/** How many looks in a row must contradict the status before it changes. A Cinder that is being restarted is no trouble, and an answer that got through no recovery. */
const LOOKS: Readonly<Record<ExternalStatus, number>> = { ok: 2, warning: 4, error: 4 };

/** The health after another look. */
export function nextHealth({ status, contraryLooks }: Health, seen: ExternalStatus): Health {
  if (seen === status) return { status, contraryLooks: 0 };
  return contraryLooks + 1 < LOOKS[seen] ? { status, contraryLooks: contraryLooks + 1 } : { status: seen, contraryLooks: 0 };
}

/** What an answer of Cinder says; `pools` undefined if the account may not see them. */
export function findingOf(pools: readonly Pool[] | undefined): Finding {
  if (pools === undefined) return { status: 'ok', reason: '', capacity: UNKNOWN_CAPACITY };
  const capacity = capacityOf(pools);
  if (pools.length === 0) return { status: 'warning', reason: 'Cinder has no pool: no back end reports to its scheduler.', capacity };
  const down = pools.filter(({ backendState }) => backendState === 'down').map(({ name }) => name);
  if (down.length === 0) return { status: 'ok', reason: '', capacity };
  return { status: 'warning', reason: `Cinder reports these back ends as down: ${down.join(', ')}.`, capacity };
}

/** Percent points that must be free again above the limit, before the warning ends. */
const RELIEF = 2;

/** Whether too little of a domain is free, after it was so or not before. What is not known is no reason to warn. */
export function isLowOnSpace(domain: Pick<StorageDomain, 'warningLowSpaceIndicator'>, capacity: DomainCapacity, before: boolean): boolean {
  const { availableBytes, usedBytes } = capacity;
  if (availableBytes === null || usedBytes === null) return false;
  const free = (100 * availableBytes) / Math.max(1, availableBytes + usedBytes);
  return free < domain.warningLowSpaceIndicator + (before ? RELIEF : 0);
}

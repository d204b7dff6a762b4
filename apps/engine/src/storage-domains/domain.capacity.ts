import { type Pool, gibToBytes } from '@clinker/cinder';

/** A domain's capacity in bytes; null where a pool says that it is infinite or that it does not know. */
export interface DomainCapacity {
  readonly availableBytes: number | null;
  readonly usedBytes: number | null;
}

const sum = (amounts: (number | null)[]): number | null => {
  if (amounts.length === 0 || amounts.some((amount) => amount === null || !Number.isFinite(amount))) return null;
  return Math.round(gibToBytes(amounts.reduce<number>((total, amount) => total + (amount ?? 0), 0)));
};

/** What Cinder's pools have together. */
export const capacityOf = (pools: readonly Pool[]): DomainCapacity => ({
  availableBytes: sum(pools.map(({ freeGiB }) => freeGiB)),
  usedBytes: sum(pools.map(({ totalGiB, freeGiB }) => (totalGiB === null || freeGiB === null ? null : totalGiB - freeGiB))),
});

/** Nothing is known of it. */
export const UNKNOWN_CAPACITY: DomainCapacity = { availableBytes: null, usedBytes: null };

import { type CinderReader, type Pool, type VolumeType, gibToBytes, isCinderError } from '@clinker/cinder';

/** A domain's capacity in bytes; null where a pool says that it is infinite or that it does not know. */
export interface DomainCapacity {
  readonly availableBytes: number | null;
  readonly usedBytes: number | null;
}

/** Nothing is known of it. */
export const UNKNOWN_CAPACITY: DomainCapacity = { availableBytes: null, usedBytes: null };

const sum = (amounts: (number | null)[]): number | null => {
  if (amounts.length === 0 || amounts.some((amount) => amount === null || !Number.isFinite(amount))) return null;
  return Math.round(gibToBytes(amounts.reduce<number>((total, amount) => total + (amount ?? 0), 0)));
};

/** Several back ends on one place in the storage report the same space: it counts once. */
const places = (pools: readonly Pool[]): Pool[] => [...new Map(pools.map((pool) => [pool.locationInfo ?? pool.name, pool])).values()];

/** What Cinder's pools have together. */
export function capacityOf(pools: readonly Pool[]): DomainCapacity {
  const distinct = places(pools);
  return {
    availableBytes: sum(distinct.map(({ freeGiB }) => freeGiB)),
    usedBytes: sum(distinct.map(({ totalGiB, freeGiB }) => (totalGiB === null || freeGiB === null ? null : totalGiB - freeGiB))),
  };
}

/** The pools in which Cinder may put volumes of a type: those of the back end that its extra specs name, else all. */
export function poolsOf({ extraSpecs }: VolumeType, pools: readonly Pool[]): Pool[] {
  const backend = extraSpecs['volume_backend_name'];
  return pools.filter(({ volumeBackendName }) => backend === undefined || volumeBackendName === backend);
}

/** Cinder shows its pools only to administrators: undefined for an account that is none. @throws CinderError */
export async function readPools(cinder: CinderReader): Promise<Pool[] | undefined> {
  try {
    return await cinder.pools();
  } catch (error) {
    if (isCinderError(error, 'forbidden')) return undefined;
    throw error;
  }
}

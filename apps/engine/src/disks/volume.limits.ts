import { type CinderReader, type QuotaSet, isCinderError } from '@clinker/cinder';

/** A volume that is wanted. */
export interface WantedVolume {
  readonly sizeGiB: number;
  /** Name of the type; null for Cinder's default. */
  readonly volumeType: string | null;
  /** What of it is there already, if a volume is to grow; nothing for a new one. */
  readonly presentGiB?: number;
}

/** The project's quotas; an account that may not read them gets its limits, which say less. @throws CinderError */
export async function readLimits(reader: CinderReader): Promise<QuotaSet> {
  try {
    return await reader.quota();
  } catch (error) {
    if (!isCinderError(error, 'forbidden', 'not_found')) throw error;
    const { volumes, gigabytes, snapshots } = await reader.limits();
    const entry = ({ max, used }: { max: number | null; used: number | null }) => ({ max, used: used ?? 0, reserved: 0 });
    return new Map([
      ['volumes', entry(volumes)],
      ['gigabytes', entry(gigabytes)],
      ['snapshots', entry(snapshots)],
    ]);
  }
}

interface Demand {
  /** Cinder's name of the limit. */
  readonly name: string;
  readonly amount: number;
}

/** What the volume takes of each limit: of the project's, and of its type's own. */
function demandsOf({ sizeGiB, volumeType, presentGiB }: WantedVolume): Demand[] {
  const suffixes = volumeType === null ? [''] : ['', `_${volumeType}`];
  return suffixes.flatMap((suffix) => [
    ...(presentGiB === undefined ? [{ name: `volumes${suffix}`, amount: 1 }] : []),
    { name: `gigabytes${suffix}`, amount: sizeGiB - (presentGiB ?? 0) },
  ]);
}

/** What a snapshot of the volume takes. */
function snapshotDemands({ sizeGiB, volumeType }: WantedVolume): Demand[] {
  const suffixes = volumeType === null ? [''] : ['', `_${volumeType}`];
  return suffixes.flatMap((suffix) => [
    { name: `snapshots${suffix}`, amount: 1 },
    { name: `gigabytes${suffix}`, amount: sizeGiB },
  ]);
}

/** The largest volume (GiB) that Cinder makes. */
const largest = (limits: QuotaSet): number => limits.get('per_volume_gigabytes')?.max ?? Infinity;

/** The first limit that the volume would exceed, with what is used and allowed; undefined if there is room. Cinder's -1 is no limit. */
export function exceededLimit(limits: QuotaSet, wanted: WantedVolume, others: readonly WantedVolume[] = []): string | undefined {
  if (wanted.sizeGiB > largest(limits)) return `a volume may have at most ${largest(limits)} GiB, and ${wanted.sizeGiB} GiB are wanted.`;
  return exceededBy(limits, demandsOf(wanted), others);
}

/** {@link exceededLimit} for new volumes, all at once. */
export function exceededByVolumes(limits: QuotaSet, volumes: readonly WantedVolume[]): string | undefined {
  const tooLarge = volumes.find(({ sizeGiB }) => sizeGiB > largest(limits));
  return tooLarge ? exceededLimit(limits, tooLarge) : exceededBy(limits, volumes.flatMap(demandsOf).reduce(joined, []), []);
}

/** {@link exceededLimit} for snapshots of volumes, all at once: Cinder counts their volumes' sizes. */
export function exceededBySnapshots(limits: QuotaSet, volumes: readonly WantedVolume[]): string | undefined {
  return exceededBy(limits, volumes.flatMap(snapshotDemands).reduce(joined, []), []);
}

function exceededBy(limits: QuotaSet, demands: readonly Demand[], others: readonly WantedVolume[]): string | undefined {
  for (const { name, amount } of demands) {
    const { max = null } = limits.get(name) ?? {};
    const used = usedOf(limits, name, others);
    if (max !== null && used + amount > max) return `${used} of ${max} ${name} are used, and ${amount} more are wanted.`;
  }
  return undefined;
}

/** What Cinder counts, and what others want at the same time. */
function usedOf(limits: QuotaSet, name: string, others: readonly WantedVolume[]): number {
  const { used = 0, reserved = 0 } = limits.get(name) ?? {};
  const demanded = others.flatMap(demandsOf).filter((demand) => demand.name === name);
  return demanded.reduce((sum, { amount }) => sum + amount, used + reserved);
}

/** Adds a demand to those of the same limit. */
const joined = (demands: Demand[], { name, amount }: Demand): Demand[] => {
  const before = demands.find((demand) => demand.name === name)?.amount ?? 0;
  return [...demands.filter((demand) => demand.name !== name), { name, amount: before + amount }];
};

/** How many such volumes there must be room for, so that limits of a moment ago need no second look. */
const EASILY = 10;

/** The same many times over, to see whether there is much room. */
export const manyTimes = (volumes: readonly WantedVolume[]): WantedVolume[] => Array.from({ length: EASILY }, () => volumes).flat();

/** True if many such volumes would fit. */
export const fitsEasily = (limits: QuotaSet, wanted: WantedVolume, others: readonly WantedVolume[] = []): boolean =>
  wanted.sizeGiB <= largest(limits) &&
  demandsOf(wanted).every(({ name, amount }) => {
    const { max = null } = limits.get(name) ?? {};
    return max === null || usedOf(limits, name, others) + EASILY * amount <= max;
  });

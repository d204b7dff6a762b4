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
    const { volumes, gigabytes } = await reader.limits();
    const entry = ({ max, used }: { max: number | null; used: number | null }) => ({ max, used: used ?? 0, reserved: 0 });
    return new Map([
      ['volumes', entry(volumes)],
      ['gigabytes', entry(gigabytes)],
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

/** The largest volume (GiB) that Cinder makes. */
const largest = (limits: QuotaSet): number => limits.get('per_volume_gigabytes')?.max ?? Infinity;

/** The first limit that the volume would exceed, with what is used and allowed; undefined if there is room. Cinder's -1 is no limit. */
export function exceededLimit(limits: QuotaSet, wanted: WantedVolume): string | undefined {
  if (wanted.sizeGiB > largest(limits)) return `a volume may have at most ${largest(limits)} GiB, and ${wanted.sizeGiB} GiB are wanted.`;
  for (const { name, amount } of demandsOf(wanted)) {
    const { max = null, used = 0, reserved = 0 } = limits.get(name) ?? {};
    if (max !== null && used + reserved + amount > max)
      return `${used + reserved} of ${max} ${name} are used, and ${amount} more are wanted.`;
  }
  return undefined;
}

/** How many such volumes there must be room for, so that limits of a moment ago need no second look. */
const EASILY = 10;

/** True if many such volumes would fit. */
export const fitsEasily = (limits: QuotaSet, wanted: WantedVolume): boolean =>
  wanted.sizeGiB <= largest(limits) &&
  demandsOf(wanted).every(({ name, amount }) => {
    const { max = null, used = 0, reserved = 0 } = limits.get(name) ?? {};
    return max === null || used + reserved + EASILY * amount <= max;
  });

import { type CinderReader, type QuotaSet, isCinderError } from '@clinker/cinder';

/** A volume that is wanted. */
export interface WantedVolume {
  readonly sizeGiB: number;
  /** Name of the type; null for Cinder's default. */
  readonly volumeType: string | null;
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

/** The first limit that the volume would exceed, with what is used and allowed; undefined if there is room. Cinder's -1 is no limit. */
export function exceededLimit(limits: QuotaSet, { sizeGiB, volumeType }: WantedVolume): string | undefined {
  const largest = limits.get('per_volume_gigabytes')?.max ?? null;
  if (largest !== null && sizeGiB > largest) return `a volume may have at most ${largest} GiB, and ${sizeGiB} GiB are wanted.`;
  const suffixes = volumeType === null ? [''] : ['', `_${volumeType}`];
  const demands = suffixes.flatMap((suffix) => [{ name: `volumes${suffix}`, amount: 1 }, { name: `gigabytes${suffix}`, amount: sizeGiB }]);
  for (const { name, amount } of demands) {
    const limit = limits.get(name);
    if (!limit || limit.max === null) continue;
    const taken = limit.used + limit.reserved;
    if (taken + amount > limit.max) return `${taken} of ${limit.max} ${name} are used, and ${amount} more are wanted.`;
  }
  return undefined;
}

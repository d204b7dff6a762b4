import { UNLIMITED } from './quota.entity';

/** One figure of a quota with its limit, in one unit. */
export interface Measure {
  /** What it is, for people: `storage`, `memory`, `virtual CPUs`. */
  readonly what: string;
  readonly unit: 'GiB' | '';
  readonly used: number;
  readonly wanted: number;
  /** -1 for none. */
  readonly limit: number;
  /** From this part of the limit on people are warned, and so much may be taken above it; in percent. */
  readonly softPct: number;
  readonly hardPct: number;
}

/** How a demand stands to a limit: within, in what is warned of, above the limit but in grace, or beyond. */
export type Standing = 'within' | 'threshold' | 'grace' | 'beyond';

/** How a quota would stand if the demand were met. Who takes nothing more is always within. */
export function standingOf({ used, wanted, limit, softPct, hardPct }: Measure): Standing {
  const total = used + wanted;
  if (limit === UNLIMITED || wanted <= 0) return 'within';
  if (total > (limit * (100 + hardPct)) / 100) return 'beyond';
  if (total > limit) return 'grace';
  return total > (limit * softPct) / 100 ? 'threshold' : 'within';
}

const amount = (value: number, unit: string): string => `${Number(value.toFixed(2))}${unit && ` ${unit}`}`;

/** A measure in words: `12 GiB of storage are used, 3 GiB more are wanted, and 10 GiB are allowed`. */
export const inWords = ({ what, unit, used, wanted, limit }: Measure): string =>
  `${amount(used, unit)} of ${what} are used, ${amount(wanted, unit)} more are wanted, and ${amount(limit, unit)} are allowed`;

import type { Duration } from './saga.types';

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;

/** Milliseconds of a duration in words. Throws a `RangeError` for anything else, negative lengths included. */
export function durationMs(duration: Duration): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(duration) ?? [];
  if (amount === undefined) throw new RangeError(`'${duration}' is not a duration; write '50ms', '2s', '10m' or '1h'`);
  return Number(amount) * unitMs[unit as keyof typeof unitMs];
}

import { setTimeout as pause } from 'node:timers/promises';

/** Between the beginnings of two looks (ms), by both ways: who looks more often takes more of the processor from what is measured. */
const LOOK_EVERY_MS = 20;
/** The same where each look is at many. */
export const LOOK_AT_MANY_EVERY_MS = 200;

/** Two rows of times (ms) of the same work. */
export class Comparison {
  readonly clinker: number[] = [];
  readonly floor: number[] = [];

  constructor(readonly work: string) {}

  line(): string {
    const [clinker, floor] = [median(this.clinker), median(this.floor)];
    const cells = [
      this.work.padEnd(44),
      clinker.toFixed(0).padStart(8),
      floor.toFixed(0).padStart(8),
      (clinker / floor).toFixed(2).padStart(8),
    ];
    return `${cells.join('')}    ${spread(this.clinker)}    ${spread(this.floor)}`;
  }
}

const sorted = (times: number[]): number[] => [...times].sort((a, b) => a - b);
const median = (times: number[]): number => sorted(times)[Math.floor(times.length / 2)] ?? NaN;
const spread = (times: number[]): string => `${sorted(times)[0]?.toFixed(0)}-${sorted(times).at(-1)?.toFixed(0)}`.padStart(11);

/** Does the work, and notes how long it took. */
export async function timed<T>(times: number[], work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  times.push(performance.now() - began);
  return result;
}

/** Asks until it is so, in even steps (ms): lists of many cost more than what they are about, so they are asked for less often. */
export async function becomes<T>(look: () => Promise<T>, isSo: (seen: T) => boolean, everyMs = LOOK_EVERY_MS): Promise<void> {
  for (;;) {
    const next = performance.now() + everyMs;
    if (isSo(await look())) return;
    await pause(next - performance.now());
  }
}

/** Prints the medians of what was measured. */
export function print(rounds: number, comparisons: readonly Comparison[]): void {
  console.log(`\nMedians of ${rounds} rounds, in ms\n${'work'.padEnd(44)} clinker   floor   ratio    clinker min-max  floor min-max`);
  for (const comparison of comparisons) console.log(comparison.line());
}

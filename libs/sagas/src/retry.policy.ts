/** How failures are retried. All times in milliseconds. */
export interface RetrySettings {
  /** Before the second attempt; doubled for each further one. */
  firstMs: number;
  /** The longest time between two attempts. */
  maxMs: number;
  /** After how many errors a step that may not be given up is called stuck. */
  stuckAfter: number;
  /** Between two attempts of a stuck step. */
  stuckEveryMs: number;
  /** How long `RetryLater` is believed in steps that name no time of their own. */
  withinMs: number;
  /** How much longer than its deadline a step may take to answer before it is counted as failed. */
  graceMs: number;
}

export const defaultRetrySettings: RetrySettings = {
  firstMs: 200,
  maxMs: 15_000,
  stuckAfter: 5,
  stuckEveryMs: 300_000,
  withinMs: 600_000,
  graceMs: 10_000,
};

/** The time before attempt `attempt + 1`, spread by a fifth so that many operations do not come back at the same moment. */
export function backoffMs({ firstMs, maxMs }: RetrySettings, attempt: number): number {
  const exact = Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 30));
  return exact * (0.9 + Math.random() * 0.2);
}

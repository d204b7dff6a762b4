export interface PollIntervalOptions {
  /** The first wait for something new, in ms. */
  firstMs: number;
  /** The longest wait while all is quiet, in ms. */
  maxMs: number;
  /** The longest wait while the service fails, in ms. */
  maxFailingMs: number;
}

const FIRST_FAILING_MS = 500;
/** By how much each quiet look puts off the next: little, for what is waited for is usually done within a second, and a late look is latency. */
const GROWTH = 1.25;
/** Where the growth goes on after a change: where many are waited for, each change is no reason to ask at the shortest interval again. */
const GROWTH_STEPS_AFTER_CHANGE = 4;
/** A look at many that takes longer than the first wait is followed by so many times the rest: looking must not take the time of what it waits for. */
const REST_AFTER_LOOK = 2;
/** Each wait is varied by this part of itself, so that several engines do not ask in step. */
const JITTER = 0.2;

/** How long to wait before the next look: growing while nothing happens, short again when something does, long while the service fails. */
export class PollInterval {
  readonly #options: PollIntervalOptions;
  readonly #random: () => number;
  #quiet = 0;
  #failures = 0;
  #tookMs = 0;

  constructor(options: PollIntervalOptions, random: () => number = Math.random) {
    this.#options = options;
    this.#random = random;
  }

  get failing(): boolean {
    return this.#failures > 0;
  }

  /** A look that worked; `changed` if it showed something new. `tookMs` of a look at many, which may be a burden. */
  succeeded(changed: boolean, tookMs = 0): void {
    this.#failures = 0;
    this.#tookMs = tookMs;
    this.#quiet = changed ? GROWTH_STEPS_AFTER_CHANGE : this.#quiet + 1;
  }

  failed(): void {
    this.#failures += 1;
  }

  /** There is something new to wait for. Does not hurry while the service fails. */
  restart(): void {
    this.#quiet = 0;
  }

  /** In ms. */
  next(): number {
    const { firstMs, maxMs, maxFailingMs } = this.#options;
    const wait = this.failing
      ? Math.min(maxFailingMs, FIRST_FAILING_MS * 2 ** Math.min(this.#failures - 1, 30))
      : Math.min(maxMs, Math.max(firstMs * GROWTH ** Math.min(this.#quiet, 100), REST_AFTER_LOOK * (this.#tookMs - firstMs)));
    return wait * (1 - JITTER + 2 * JITTER * this.#random());
  }
}

export interface PollIntervalOptions {
  /** The first wait after something happened, in ms. */
  firstMs: number;
  /** The longest wait while all is quiet, in ms. */
  maxMs: number;
  /** The longest wait while the service fails, in ms. */
  maxFailingMs: number;
}

const FIRST_FAILING_MS = 500;
/** Each wait is varied by this part of itself, so that several engines do not ask in step. */
const JITTER = 0.2;

/** How long to wait before the next look: doubling while nothing happens, short again when something does, long while the service fails. */
export class PollInterval {
  readonly #options: PollIntervalOptions;
  readonly #random: () => number;
  #quiet = 0;
  #failures = 0;

  constructor(options: PollIntervalOptions, random: () => number = Math.random) {
    this.#options = options;
    this.#random = random;
  }

  get failing(): boolean {
    return this.#failures > 0;
  }

  /** A look that worked; `changed` if it showed something new. */
  succeeded(changed: boolean): void {
    this.#failures = 0;
    this.#quiet = changed ? 0 : this.#quiet + 1;
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
    const wait = this.failing ? doubled(FIRST_FAILING_MS, this.#failures - 1, maxFailingMs) : doubled(firstMs, this.#quiet, maxMs);
    return wait * (1 - JITTER + 2 * JITTER * this.#random());
  }
}

function doubled(firstMs: number, times: number, maxMs: number): number {
  return Math.min(maxMs, firstMs * 2 ** Math.min(times, 30));
}

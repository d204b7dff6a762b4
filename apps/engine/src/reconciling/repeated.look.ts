/** A look at something that is taken from time to time, never twice at once. What one misses, or cannot do, is for the next. */
export class RepeatedLook {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  /** @param failed is told why a look has failed */
  constructor(
    private readonly look: () => Promise<void>,
    private readonly failed: (error: unknown) => void,
  ) {}

  every(milliseconds: number): void {
    this.timer = setInterval(() => void this.now(), milliseconds);
  }

  /** Looks once; who asks meanwhile waits for the same look. Never throws. */
  now(): Promise<void> {
    this.running ??= this.look()
      .catch(this.failed)
      .finally(() => (this.running = undefined));
    return this.running;
  }

  /** Looks no more, and waits for the look that is under way. */
  async end(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }
}

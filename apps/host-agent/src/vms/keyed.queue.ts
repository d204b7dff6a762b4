/**
 * Lets one piece of work at a time run for each key. Work with several keys waits for all of them; it takes its place in every line at once,
 * so two of them never wait for each other.
 */
export class KeyedQueue {
  private readonly tails = new Map<string, Promise<unknown>>();

  /** Runs the work when everything that was queued before for one of the keys has ended. */
  run<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    const before = Promise.all(keys.map((key) => this.tails.get(key) ?? Promise.resolve()));
    const result = before.then(work);
    const tail = result.then(
      () => undefined,
      () => undefined,
    );
    for (const key of keys) this.tails.set(key, tail);
    void tail.then(() => this.forget(keys, tail));
    return result;
  }

  /** Keys with work that has not ended. */
  get size(): number {
    return this.tails.size;
  }

  private forget(keys: readonly string[], tail: Promise<unknown>): void {
    for (const key of keys) if (this.tails.get(key) === tail) this.tails.delete(key);
  }
}

export const vmKey = (vmId: string): string => `vm ${vmId}`;
export const volumeKey = (volumeId: string): string => `volume ${volumeId}`;

import { endedOperations } from './operation.store';
import type { SagaRunner } from './saga.runner';

/** How often the database is asked about operations that may end in another process: soon at first, and slower the longer nothing ends. */
const firstPollMs = 15;
const maxPollMs = 500;

/**
 * Waits for the end of operations: told by this process's runner, and asking the database for those that other runners end,
 * in one question for all of them.
 */
export class EndWatch {
  readonly #waiting = new Map<string, Set<() => void>>();
  #timer: NodeJS.Timeout | undefined;
  #pauseMs = firstPollMs;

  constructor(private readonly runner: SagaRunner) {}

  /**
   * Resolves when the operation has ended or does not exist, or when the time is over.
   * @param isSettled whether it has passed its point of no return: given, that is enough; in this process it is noticed at once
   */
  async ended(operationId: string, withinMs: number, isSettled?: () => Promise<boolean>): Promise<void> {
    if (await this.#hasEnded(operationId)) return;
    await new Promise<void>((resolve) => {
      const stop = () => {
        clearTimeout(timer);
        listening.forEach((forget) => forget());
        this.#remove(operationId, stop);
        resolve();
      };
      const listening = [this.runner.onEnded(operationId, stop), ...(isSettled ? [this.runner.onSettled(operationId, stop)] : [])];
      const timer = setTimeout(stop, withinMs);
      this.#add(operationId, stop);
      void isSettled?.().then((settled) => settled && stop(), stop);
    });
  }

  #add(operationId: string, listener: () => void): void {
    this.#waiting.set(operationId, (this.#waiting.get(operationId) ?? new Set()).add(listener));
    this.#pauseMs = firstPollMs;
    this.#pollLater();
  }

  #remove(operationId: string, listener: () => void): void {
    const listeners = this.#waiting.get(operationId);
    listeners?.delete(listener);
    if (listeners?.size === 0) this.#waiting.delete(operationId);
  }

  #pollLater(): void {
    this.#timer ??= setTimeout(() => void this.#poll(), this.#pauseMs);
    this.#pauseMs = Math.min(maxPollMs, this.#pauseMs * 1.5);
  }

  /** A database that does not answer is asked again; whoever waits has a deadline. */
  async #poll(): Promise<void> {
    const ended = await endedOperations(this.runner.dataSource.manager, [...this.#waiting.keys()]).catch((): string[] => []);
    this.#timer = undefined;
    for (const id of ended) this.#waiting.get(id)?.forEach((listener) => listener());
    if (this.#waiting.size > 0) this.#pollLater();
  }

  async #hasEnded(operationId: string): Promise<boolean> {
    return (await endedOperations(this.runner.dataSource.manager, [operationId])).length > 0;
  }
}

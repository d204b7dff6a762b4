import { ANSWER_WITHIN_MS } from '@clinker/agent-protocol';

export interface InProgress {
  readonly status: 'in_progress';
}

interface Run {
  readonly outcome: Promise<unknown>;
  waiting: number;
  settled: boolean;
}

/** Time for the way back and for a busy process. */
const MARGIN_MS = 1_000;
/** How long the outcome of work waits for the engine to ask again. */
const KEEP_MS = 60_000;

/**
 * Answers in time for work that takes longer: `in_progress` after the patience, and the outcome to the same message when it comes again.
 * An outcome that came between two questions is kept for the next one, an error too; then the message starts anew.
 */
export class PatientRuns {
  private readonly runs = new Map<string, Run>();

  constructor(
    private readonly patienceMs = ANSWER_WITHIN_MS - MARGIN_MS,
    private readonly keepMs = KEEP_MS,
  ) {}

  /** @param key the same for the same message */
  async answer<T>(key: string, work: () => Promise<T>): Promise<T | InProgress> {
    const run = this.runs.get(key) ?? this.start(key, work);
    run.waiting += 1;
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<InProgress>((resolve) => {
      timer = setTimeout(() => resolve({ status: 'in_progress' }), this.patienceMs);
    });
    try {
      return (await Promise.race([run.outcome, patience])) as T | InProgress;
    } finally {
      clearTimeout(timer);
      run.waiting -= 1;
      if (run.settled) this.forget(key, run);
    }
  }

  private start(key: string, work: () => Promise<unknown>): Run {
    const run: Run = { outcome: work(), waiting: 0, settled: false };
    this.runs.set(key, run);
    const ended = (): void => this.ended(key, run);
    run.outcome.then(ended, ended);
    return run;
  }

  /** Those who wait get the outcome at once; with nobody waiting it is kept for the next question. */
  private ended(key: string, run: Run): void {
    run.settled = true;
    if (run.waiting === 0) setTimeout(() => this.forget(key, run), this.keepMs).unref();
  }

  private forget(key: string, run: Run): void {
    if (this.runs.get(key) === run) this.runs.delete(key);
  }
}

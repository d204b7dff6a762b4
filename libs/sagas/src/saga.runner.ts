import { EventEmitter } from 'node:events';

import type { DataSource } from 'typeorm';

import { LockedSession } from './operation.lock';
import { OperationRun, type RunEnvironment } from './operation.run';
import { loadOperation, overdueOperations, requestLook, takeOperation, unfinishedSteps } from './operation.store';
import { defaultRetrySettings, type RetrySettings } from './retry.policy';
import { OperationLost, reasonOf, SagaDefinitionError } from './saga-errors';
import { SagaRegistry } from './saga.registry';
import type { Saga, SagaHooks, SagaLogger } from './saga.types';
import { Slots } from './slots';
import { WakeUpQueue } from './wake-up.queue';

export interface SagaRunnerOptions {
  /** Its pool must be larger than `concurrency`, and must reach PostgreSQL itself or through a pooler in session mode. */
  dataSource: DataSource;
  redisUrl: string;
  /** How many operations this process works on at once; each holds one database connection meanwhile. 8 unless given. */
  concurrency?: number;
  /** Milliseconds between two sweeps; 2000 unless given. */
  sweepEveryMs?: number;
  retry?: Partial<RetrySettings>;
  /** The name of the BullMQ queue and the prefix of its keys: `operations` and `clinker` unless given. */
  queue?: { name?: string; prefix?: string };
  hooks?: SagaHooks;
  logger?: SagaLogger;
}

/**
 * Shorter pauses are kept in this process: Redis looks at its timeouts ten times a second only, so BullMQ may be 100 ms late.
 * If the process dies meanwhile, the sweep of another one comes hardly later.
 */
const shortPauseMs = 1000;
/** How many overdue operations one sweep wakes at most. */
const sweepLimit = 1000;
/** The event's name; that of the end is the operation's id. */
const settlementOf = (operationId: string): string => `${operationId} settled`;
const silent: SagaLogger = { info: () => undefined, warn: () => undefined, error: () => undefined };
/** How long `stop` waits for running steps before it aborts their signals. */
const stopGraceMs = 10_000;

/**
 * Runs operations: takes one under its lock, moves it on as far as it goes now, and lets go of it.
 *
 * Any number of runners may work on one database. What must be done is only in the operation's row; that somebody looks
 * at the row comes from three sides: this process, at once when it starts or wakes an operation or pauses it for a moment;
 * BullMQ, when there is no room here or the pause is longer; and the sweep, which alone would be enough.
 */
export class SagaRunner {
  readonly registry = new SagaRegistry();
  readonly hooks: SagaHooks;
  readonly dataSource: DataSource;
  readonly #events = new EventEmitter().setMaxListeners(0);
  readonly #logger: SagaLogger;
  readonly #concurrency: number;
  readonly #slots: Slots;
  readonly #atWork = new Map<string, { again: boolean; done: Promise<number | undefined> }>();
  readonly #stop = new AbortController();
  readonly #environment: RunEnvironment;
  #queue: WakeUpQueue | undefined;
  #working = false;
  #sweepTimer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> = Promise.resolve();
  #databaseDown = false;
  readonly #unknown = new Set<string>();

  constructor(private readonly options: SagaRunnerOptions) {
    this.dataSource = options.dataSource;
    this.hooks = options.hooks ?? {};
    this.#logger = options.logger ?? silent;
    this.#concurrency = options.concurrency ?? 8;
    this.#slots = new Slots(this.#concurrency);
    this.#environment = {
      retry: { ...defaultRetrySettings, ...options.retry },
      hooks: this.hooks,
      stopSignal: this.#stop.signal,
      stopping: () => !this.#working,
      settled: (id) => void this.#events.emit(settlementOf(id)),
      wakeUp: (id) => void this.requestLook(id).catch((error: unknown) => this.#noteTrouble(error)),
    };
  }

  /** Makes a saga known. Throws `SagaDefinitionError` if it contradicts itself, or if its name is taken. */
  register<S extends object>(saga: Saga<S>): void {
    this.registry.add(saga);
  }

  /**
   * Begins to work. Throws `SagaDefinitionError` if an unfinished operation names a saga or a step that is not registered,
   * or if the pool is too small. Redis may be down.
   */
  async start(): Promise<void> {
    this.#checkPool();
    await this.#checkUnfinished();
    const { name = 'operations', prefix = 'clinker' } = this.options.queue ?? {};
    this.#queue = new WakeUpQueue({ redisUrl: this.options.redisUrl, name, prefix, logger: this.#logger });
    this.#working = true;
    this.#queue.work(this.#concurrency, (id) => this.#lookAndPause(id));
    await this.sweepOnce();
    this.#sweepLater();
  }

  /** Takes no more work and waits for running steps; after 10 s it aborts them. Their operations go on with the next runner. */
  async stop(): Promise<void> {
    if (!this.#working) return;
    this.#working = false;
    clearTimeout(this.#sweepTimer);
    const abort = setTimeout(() => this.#stop.abort(new OperationLost('The process is stopping')), stopGraceMs);
    await this.#sweeping;
    await Promise.allSettled([...this.#atWork.values()].map(({ done }) => done));
    clearTimeout(abort);
    await this.#queue?.close();
  }

  /** Wakes every operation whose time has come. Never throws: if the database does not answer, the next sweep tries again. */
  async sweepOnce(): Promise<void> {
    try {
      const ids = await overdueOperations(this.dataSource.manager, sweepLimit);
      this.#noteDatabaseUp();
      await Promise.all(ids.filter((id) => !this.#atWork.has(id)).map((id) => this.#dispatch(id)));
    } catch (error) {
      this.#noteTrouble(error);
    }
  }

  /** Looks at an operation that has just been written: here if there is room, else wherever there is. Never throws. */
  async wake(operationId: string): Promise<void> {
    const here = this.#atWork.get(operationId);
    if (here) here.again = true;
    else await this.#dispatch(operationId);
  }

  /** Notes in the operation's row that it wants to be looked at now, and wakes it. */
  async requestLook(operationId: string): Promise<void> {
    if (await requestLook(this.dataSource.manager, operationId)) await this.wake(operationId);
  }

  /** Calls `listener` once when this process sees the operation end. Returns the function that takes it back. */
  onEnded(operationId: string, listener: () => void): () => void {
    this.#events.once(operationId, listener);
    return () => this.#events.off(operationId, listener);
  }

  /** As `onEnded`, for the moment from which the operation will finish: when it comes to its point of no return. */
  onSettled(operationId: string, listener: () => void): () => void {
    this.#events.once(settlementOf(operationId), listener);
    return () => this.#events.off(settlementOf(operationId), listener);
  }

  /** For whoever ends an operation without a runner: one whose steps are all leading transactions. */
  announceEnd(operationId: string): void {
    this.#events.emit(operationId);
  }

  async #dispatch(operationId: string): Promise<void> {
    if (!this.#working) return;
    if (this.#slots.free === 0 && (await this.#queue?.schedule(operationId, 0))) return;
    void this.#runHere(operationId);
  }

  async #runHere(operationId: string): Promise<void> {
    const delayMs = await this.#lookAndPause(operationId);
    if (delayMs !== undefined) await this.#queue?.schedule(operationId, delayMs);
  }

  /** Returns the pause if it is for BullMQ to keep. */
  async #lookAndPause(operationId: string): Promise<number | undefined> {
    const delayMs = await this.#look(operationId);
    if (delayMs === undefined || delayMs >= shortPauseMs) return delayMs;
    setTimeout(() => void this.#dispatch(operationId), delayMs).unref();
    return undefined;
  }

  /** One look at a time for each operation; whoever comes meanwhile makes it look once more. Never throws. */
  async #look(operationId: string): Promise<number | undefined> {
    const here = this.#atWork.get(operationId);
    if (here) {
      here.again = true;
      return undefined;
    }
    const work = { again: false, done: Promise.resolve<number | undefined>(undefined) };
    this.#atWork.set(operationId, work);
    work.done = this.#slots.use(() => this.#lookWhileAsked(operationId, work)).finally(() => this.#atWork.delete(operationId));
    return work.done;
  }

  async #lookWhileAsked(operationId: string, work: { again: boolean }): Promise<number | undefined> {
    let delayMs: number | undefined;
    do {
      work.again = false;
      delayMs = await this.#run(operationId).catch((error: unknown) => this.#noteRunFailed(operationId, error));
    } while ((work.again || delayMs === 0) && this.#working);
    return delayMs;
  }

  async #run(operationId: string): Promise<number | undefined> {
    const session = await LockedSession.open(this.dataSource, operationId);
    if (!session) return undefined;
    try {
      const delayMs = await this.#advance(session, operationId);
      await session.unlock();
      const dueInMs = delayMs === undefined ? undefined : await this.#wokenMeanwhile(session, operationId, delayMs);
      await session.release();
      return dueInMs;
    } catch (error) {
      await session.destroy();
      throw error;
    }
  }

  async #advance(session: LockedSession, operationId: string): Promise<number | undefined> {
    const row = await takeOperation(session, operationId);
    this.#noteDatabaseUp();
    if (!row || row.step === null) return undefined;
    const saga = this.registry.find(row.meta.saga);
    if (!saga?.has(row.step)) throw new SagaDefinitionError(`No step '${row.step}' of a saga '${row.meta.saga}' is known here`);
    const run = new OperationRun(session, saga, row, this.#environment);
    const delayMs = await run.advance();
    if (run.ended) this.#hasEnded(operationId);
    return delayMs;
  }

  #hasEnded(operationId: string): void {
    this.announceEnd(operationId);
    void this.#queue?.forget(operationId);
  }

  /** Somebody whose wake-up came between the last checkpoint and the unlock found the lock taken, and relies on this question. */
  async #wokenMeanwhile(session: LockedSession, operationId: string, delayMs: number): Promise<number> {
    const row = await loadOperation(session, operationId);
    return row && row.step !== null && row.dueInMs <= 0 ? 0 : delayMs;
  }

  #noteRunFailed(operationId: string, error: unknown): undefined {
    if (error instanceof SagaDefinitionError) this.#noteUnknown(error.message);
    else if (!(error instanceof OperationLost)) this.#noteTrouble(error);
    else this.#logger.warn({ operationId, reason: error.message }, 'An operation was lost to another runner');
  }

  /** An engine of another version beside this one may run what is unknown here; it is said once. */
  #noteUnknown(problem: string): void {
    if (this.#unknown.has(problem)) return;
    this.#unknown.add(problem);
    this.#logger.error({ problem }, 'An operation cannot be run here');
  }

  #noteTrouble(error: unknown): void {
    if (this.#databaseDown) return;
    this.#databaseDown = true;
    this.#logger.error({ reason: reasonOf(error) }, 'Operations cannot be worked on; the sweep goes on trying');
  }

  #noteDatabaseUp(): void {
    if (this.#databaseDown) this.#logger.info({}, 'Operations are worked on again');
    this.#databaseDown = false;
  }

  #sweepLater(): void {
    if (!this.#working) return;
    this.#sweepTimer = setTimeout(() => {
      this.#sweeping = this.sweepOnce().then(() => this.#sweepLater());
    }, this.options.sweepEveryMs ?? 2000);
  }

  #checkPool(): void {
    const { poolSize, extra } = this.dataSource.options as { poolSize?: number; extra?: { max?: number } };
    const size = extra?.max ?? poolSize ?? 10;
    if (size > this.#concurrency) return;
    throw new SagaDefinitionError(`${this.#concurrency} operations at once need a pool of more than ${size} connections`);
  }

  async #checkUnfinished(): Promise<void> {
    const unknown = (await unfinishedSteps(this.dataSource.manager)).filter(({ saga, step }) => !this.registry.find(saga)?.has(step));
    if (unknown.length === 0) return;
    const list = unknown.map(({ saga, step, count }) => `${count} at step '${step}' of '${saga}'`).join(', ');
    throw new SagaDefinitionError(`Unfinished operations name sagas or steps that are not known here: ${list}`);
  }
}

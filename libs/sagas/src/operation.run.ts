import type { EntityManager } from 'typeorm';

import { boundedWork } from './bounded-work';
import { durationMs } from './duration';
import type { LockedSession } from './operation.lock';
import { type Checkpoint, checkpoint, type OperationRow, type StepChange } from './operation.store';
import { backoffMs, type RetrySettings } from './retry.policy';
import { asRetryLater, OperationLost, reasonOf, RetryLater, SagaStateError } from './saga-errors';
import type { RegisteredSaga } from './saga.registry';
import type { CallStep, SagaHooks, SagaOutcome, Step, StepContext, StepPoint, WaitStep } from './saga.types';

/** Takes the place of what was wrong before. */
const NO_ERROR = '';

/** What a run needs from its runner. */
export interface RunEnvironment {
  retry: RetrySettings;
  hooks: SagaHooks;
  /** Aborts when the runner does not want to wait for running steps any longer. */
  stopSignal: AbortSignal;
  /** Whether to leave the operation at its next step boundary. */
  stopping(): boolean;
  wakeUp(operationId: string): void;
  /** The operation has come to its point of no return: it will finish. */
  settled(operationId: string): void;
}

/**
 * Moves one operation on, for as long as there is something to do now, while its lock is held.
 * The row in memory is always the row in the database: every change is a checkpoint that finds the version it was based on.
 */
export class OperationRun {
  #readAt = performance.now();
  /** The thrown object behind `row.error`, if this run has seen it. */
  #cause: unknown;
  /** Nobody has begun the current step yet. */
  #untouched: boolean;

  constructor(
    private readonly session: LockedSession,
    private readonly registered: RegisteredSaga,
    private row: OperationRow,
    private readonly environment: RunEnvironment,
  ) {
    this.#untouched = row.runs === 1;
  }

  /** Returns the milliseconds until the next look, or undefined when the operation has ended or is left to another runner. */
  async advance(): Promise<number | undefined> {
    while (this.row.step !== null) {
      if (this.environment.stopping()) return undefined;
      const dueInMs = this.row.dueInMs - this.#sinceRead();
      if (dueInMs > 0) return dueInMs;
      await (this.row.status === 'running' ? this.#forward() : this.#backward());
    }
    return undefined;
  }

  get ended(): boolean {
    return this.row.step === null;
  }

  get #index(): number {
    return this.registered.indexOf(this.row.step ?? '');
  }

  get #step(): Step<object> {
    return this.registered.saga.steps[this.#index] as Step<object>;
  }

  /** The state as the saga's own type: parsed, with its defaults. Throws `SagaStateError`. */
  get #state(): object {
    return this.registered.merge(this.row.state, undefined);
  }

  #sinceRead(): number {
    return performance.now() - this.#readAt;
  }

  async #forward(): Promise<void> {
    const { cancelReason } = this.row;
    if (cancelReason !== null && !this.registered.isIrreversible(this.#index)) return this.#beginUndo(cancelReason, 'aborted');
    try {
      await this.#perform(this.#step);
    } catch (error) {
      await this.#failed(error);
    }
  }

  #perform(step: Step<object>): Promise<void> {
    switch (step.kind) {
      case 'transaction':
        return this.#inTransaction(async (tx) => {
          await this.#before('run');
          const patch = await step.run(this.#state, tx, this.#context(this.session.signal));
          await this.#after('run');
          return this.#finish(tx, patch);
        });
      case 'call':
        return this.#call(step);
      case 'wait':
        return this.#look(step);
    }
  }

  async #call(step: CallStep<object>): Promise<void> {
    await this.#before('run');
    const patch = await this.#bounded((ctx) => step.run(this.#state, ctx));
    await this.#after('run');
    await this.#finished(patch);
  }

  async #look(step: WaitStep<object>): Promise<void> {
    await this.#before('run');
    const answer = await this.#bounded((ctx) => step.until(this.#state, ctx));
    const { progress, ...patch }: { progress?: number } = typeof answer === 'object' ? answer : {};
    const notYet = answer === false || (progress !== undefined && progress < 100);
    if (notYet) return this.#notYet(step, patch, progress);
    await this.#after('run');
    await this.#finished(patch, progress);
  }

  async #notYet(step: WaitStep<object>, patch: object, progress: number | undefined): Promise<void> {
    const leftMs = this.#leftMs();
    if (leftMs <= 0) throw new Error(`'${step.name}' has not come about within ${step.within}`);
    const news = {
      ...(progress === undefined ? {} : { progress: Math.max(0, Math.round(progress)) }),
      ...(this.row.attempt === 0 ? {} : { error: NO_ERROR }),
    };
    const steps = Object.keys(news).length === 0 ? [] : [this.#note('started', news)];
    const state = this.registered.merge(this.row.state, patch);
    await this.#checkpoint({ state, attempt: 0, errors: 0, lookInMs: Math.min(durationMs(step.every), leftMs + 1), steps });
  }

  /** Commits the end of a step: alone, or together with the saga's `ended` if it was the last. */
  async #finished(patch: object | void, progress?: number): Promise<void> {
    if (this.#index + 1 < this.registered.saga.steps.length) this.#commit(await this.#finish(this.session, patch, progress));
    else await this.#inTransaction((tx) => this.#finish(tx, patch, progress));
  }

  async #finish(sql: LockedSession | EntityManager, patch: object | void, progress?: number): Promise<OperationRow> {
    const index = this.#index;
    const state = this.registered.merge(this.row.state, patch);
    const done = this.#note('finished', { progress });
    const next = this.registered.saga.steps[index + 1];
    const fresh = { attempt: 0, errors: 0, state };
    if (next) {
      const begun: StepChange = { number: index + 1, name: next.name, status: 'started', attempts: 1 };
      return checkpoint(sql, this.row, { ...fresh, step: next.name, steps: [done, begun] });
    }
    const ended = await checkpoint(sql, this.row, { ...fresh, status: 'finished', step: null, stuck: false, steps: [done] });
    await this.#tellEnd(sql as EntityManager, ended, { status: 'finished' });
    return ended;
  }

  /** An error in `ended` is not one of the step: it is done again, and the operation does not end before it has succeeded. */
  async #tellEnd(tx: EntityManager, row: OperationRow, outcome: SagaOutcome): Promise<void> {
    try {
      await this.registered.saga.ended?.(this.registered.merge(row.state, undefined), outcome, tx, row.meta);
    } catch (error) {
      throw new RetryLater(`The end cannot be recorded: ${reasonOf(error)}`, { cause: error });
    }
  }

  async #failed(error: unknown): Promise<void> {
    this.#letGoIfLost(error);
    const later = asRetryLater(error);
    const inTime = later !== undefined && this.#leftMs() > 0;
    if (inTime || this.registered.isIrreversible(this.#index)) return this.#again(error, inTime);
    this.#cause = error;
    await this.#beginUndo(reasonOf(error), 'failed');
  }

  async #beginUndo(reason: string, status: 'failed' | 'aborted'): Promise<void> {
    const note = this.#note(status, { error: reason });
    await this.#checkpoint({ status: 'undoing', error: this.row.error ?? reason, attempt: 0, errors: 0, steps: [note] });
  }

  async #backward(): Promise<void> {
    try {
      await this.#undo(this.#step);
    } catch (error) {
      this.#letGoIfLost(error);
      await this.#again(error, asRetryLater(error) !== undefined && this.#leftMs() > 0);
    }
  }

  async #undo(step: Step<object>): Promise<void> {
    if (step.kind === 'transaction') {
      return this.#inTransaction(async (tx) => {
        if (step.undo) await this.#before('undo');
        await step.undo?.(this.#state, tx, this.#context(this.session.signal));
        if (step.undo) await this.#after('undo');
        return this.#undone(tx);
      });
    }
    if (step.undo) {
      await this.#before('undo');
      await this.#bounded((ctx) => step.undo?.(this.#state, ctx) ?? Promise.resolve());
      await this.#after('undo');
    }
    await this.#inTransaction((tx) => this.#undone(tx));
  }

  /** Goes to the nearest earlier step that has something to undo, or to the end. */
  async #undone(tx: EntityManager): Promise<OperationRow> {
    const { steps } = this.registered.saga;
    const from = this.#index;
    const to = steps.findLastIndex((step, index) => index < from && step.undo !== undefined);
    const aborted = steps
      .slice(to + 1, from + 1)
      .map(({ name }, offset): StepChange => ({ number: to + 1 + offset, name, status: 'aborted', attempts: 0 }));
    const next = steps[to];
    if (next) return checkpoint(tx, this.row, { step: next.name, attempt: 0, errors: 0, steps: aborted });
    const ended = await checkpoint(tx, this.row, { status: 'failed', step: null, attempt: 0, errors: 0, stuck: false, steps: aborted });
    await this.#tellEnd(tx, ended, {
      status: 'failed',
      reason: ended.error ?? '',
      ...(this.#cause === undefined ? {} : { error: this.#cause }),
    });
    return ended;
  }

  /** The same step again after a while. What was not expected is counted, and after some of it the operation is called stuck. */
  async #again(error: unknown, expected: boolean): Promise<void> {
    const errors = this.row.errors + (expected ? 0 : 1);
    const becomesStuck = !this.row.stuck && errors >= this.environment.retry.stuckAfter;
    const lookInMs = this.#pauseMs(error, expected, this.row.stuck || becomesStuck);
    const change: Checkpoint = { attempt: this.row.attempt + 1, errors, lookInMs, steps: [this.#noteAttempt(error)] };
    if (becomesStuck) await this.#becomeStuck(change, error);
    else await this.#checkpoint(change);
  }

  /** What is expected to pass is retried soon, however often; what is stuck is retried slowly. */
  #pauseMs(error: unknown, expected: boolean, stuck: boolean): number {
    const { retry } = this.environment;
    if (stuck && !expected) return retry.stuckEveryMs;
    const soon = asRetryLater(error)?.afterMs ?? backoffMs(retry, this.row.attempt);
    return expected ? Math.min(soon, this.#leftMs() + 1) : soon;
  }

  #noteAttempt(error: unknown): StepChange {
    const running = this.row.status === 'running';
    return this.#note(running ? 'started' : 'aborted', { error: reasonOf(error), attempts: running ? this.row.attempt + 2 : 0 });
  }

  /** If the saga cannot record that it is stuck, the next error tries that again; a state that cannot be read never could. */
  async #becomeStuck(change: Checkpoint, error: unknown): Promise<void> {
    const stuck = { ...change, stuck: true };
    if (error instanceof SagaStateError) return this.#checkpoint(stuck);
    try {
      await this.#inTransaction(async (tx) => {
        const row = await checkpoint(tx, this.row, stuck);
        await this.registered.saga.stuck?.(this.#state, reasonOf(error), tx, row.meta);
        return row;
      });
    } catch (failure) {
      this.#letGoIfLost(failure);
      await this.#checkpoint(change);
    }
  }

  /** Whoever has lost the session, or is being stopped, records nothing: the next runner begins with the last checkpoint. */
  #letGoIfLost(error: unknown): void {
    if (error instanceof OperationLost) throw error;
    if (this.session.signal.aborted || this.environment.stopSignal.aborted)
      throw new OperationLost('The run was cut short', { cause: error });
  }

  /** How long the current step may still go on. */
  #leftMs(): number {
    return this.#withinMs() - this.row.stepAgeMs - this.#sinceRead();
  }

  #withinMs(): number {
    const step = this.#step;
    if (this.row.status === 'undoing' || step.kind === 'transaction' || step.within === undefined) return this.environment.retry.withinMs;
    return durationMs(step.within);
  }

  /** Runs work outside the database until the step's deadline; a step that is past it but may not be given up gets its full time again. */
  #bounded<T>(work: (ctx: StepContext) => Promise<T>): Promise<T> {
    const leftMs = this.#leftMs();
    const leastMs = this.#step.kind === 'wait' ? Math.min(this.environment.retry.graceMs, this.#withinMs()) : 0;
    const withinMs = leftMs > 0 ? Math.max(leftMs, leastMs) : this.#withinMs();
    const bounds = { withinMs, graceMs: this.environment.retry.graceMs, signals: [this.session.signal, this.environment.stopSignal] };
    return boundedWork((signal) => work(this.#context(signal)), bounds);
  }

  get #isSettled(): boolean {
    return this.row.step !== null && this.row.status === 'running' && this.registered.isIrreversible(this.#index);
  }

  /** Exact: a run is counted before it does anything, and within one only a new step is untouched. */
  get #isFirst(): boolean {
    return this.#untouched && this.row.status === 'running';
  }

  #context(signal: AbortSignal): StepContext {
    const { id, correlationId, ownerId } = this.row.meta;
    return { operationId: id, correlationId, ownerId, signal, isFirst: this.#isFirst, wakeUp: () => this.environment.wakeUp(id) };
  }

  #point(phase: StepPoint['phase']): StepPoint {
    const { id, saga } = this.row.meta;
    return { operationId: id, saga, step: this.#step.name, number: this.#index, phase };
  }

  async #before(phase: StepPoint['phase']): Promise<void> {
    await this.environment.hooks.beforeStep?.(this.#point(phase));
  }

  async #after(phase: StepPoint['phase']): Promise<void> {
    await this.environment.hooks.afterStep?.(this.#point(phase));
  }

  #note(status: StepChange['status'], { attempts = 0, error, progress }: Partial<StepChange>): StepChange {
    return { number: this.#index, name: this.#step.name, status, attempts, error, progress };
  }

  async #checkpoint(change: Checkpoint): Promise<void> {
    this.#commit(await checkpoint(this.session, this.row, change));
  }

  async #inTransaction(work: (tx: EntityManager) => Promise<OperationRow>): Promise<void> {
    this.#commit(await this.session.transaction(work));
  }

  #commit(row: OperationRow): void {
    const wasSettled = this.#isSettled;
    this.#untouched = row.step !== this.row.step;
    this.row = row;
    this.#readAt = performance.now();
    if (this.#isSettled && !wasSettled) this.environment.settled(row.meta.id);
  }
}

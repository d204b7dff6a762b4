import type { EntityManager } from 'typeorm';
import type { ZodType } from 'zod';

/** A length of time in words: `'50ms'`, `'2s'`, `'10m'`, `'1h'`. */
export type Duration = `${number}${'ms' | 's' | 'm' | 'h'}`;

/** The state of a saga at rest: a small JSON object that holds ids and sizes, never a secret. */
export type Json = Record<string, unknown>;

/** An object that an operation works on; `type` is a noun of the application, such as `disk`. */
export interface OperationSubject {
  type: string;
  id: string;
}

/** What an operation is for, as its saga's `ended` and `stuck` see it. */
export interface OperationMeta {
  id: string;
  saga: string;
  correlationId: string;
  ownerId: string | null;
  subjects: OperationSubject[];
}

/** What every step is given beside the state. */
export interface StepContext {
  readonly operationId: string;
  readonly correlationId: string;
  /** Who asked for the operation; null if nobody did. */
  readonly ownerId: string | null;
  /** Aborts at the step's deadline, when the database session is lost, and when the process wants to end. Pass it on to every request. */
  readonly signal: AbortSignal;
  /** True when nobody, in no process, can have begun this step before: then there is no earlier work of it to look for. Never true in an undo. */
  readonly isFirst: boolean;
  /** Makes a waiting step look again now. May be kept and called at any time, from anywhere in this process. Never throws. */
  wakeUp(): void;
}

/** Changes PostgreSQL and nothing else. It commits together with its checkpoint, so it happens exactly once. */
export interface TransactionStep<S> {
  readonly kind: 'transaction';
  readonly name: string;
  run(state: S, tx: EntityManager, ctx: StepContext): Promise<Partial<S> | void>;
  undo?(state: S, tx: EntityManager, ctx: StepContext): Promise<void>;
}

/** Changes something outside. It may happen more than once: it first looks for its own earlier work. */
export interface CallStep<S> {
  readonly kind: 'call';
  readonly name: string;
  /** How long `RetryLater` is believed before the saga is undone; 10 minutes unless told. */
  readonly within?: Duration;
  run(state: S, ctx: StepContext): Promise<Partial<S> | void>;
  undo?(state: S, ctx: StepContext): Promise<void>;
}

/**
 * Looks until something outside has come about; changes nothing, and holds no worker and no connection between looks.
 * `until` answers `false` for "not yet", `true` or a patch of the state for "done".
 * A patch with a `progress` below 100 (per cent) means "not yet": the patch and the progress are stored.
 */
export interface WaitStep<S> {
  readonly kind: 'wait';
  readonly name: string;
  until(state: S, ctx: StepContext): Promise<boolean | (Partial<S> & { progress?: number })>;
  readonly every: Duration;
  readonly within: Duration;
  undo?(state: S, ctx: StepContext): Promise<void>;
}

export type Step<S> = TransactionStep<S> | CallStep<S> | WaitStep<S>;

/** How an operation ended. `error` is the thrown object, when the same process saw both the failure and the end. */
export type SagaOutcome = { status: 'finished' } | { status: 'failed'; reason: string; error?: unknown };

/**
 * A durable operation: a list of steps that is run from top to bottom, and undone from the failed step back to the first.
 *
 * `undo` of a step must succeed whether the step ran fully, partly or never. The names of the saga and of its steps are
 * stored: once shipped they are frozen, and a changed saga gets a new name.
 */
export interface Saga<S> {
  readonly name: string;
  readonly state: ZodType<S>;
  /** One line for people: `Creating disk web-data (2 GiB)`. */
  describe(state: S): string;
  readonly steps: readonly Step<S>[];
  /** The name of the first step that cannot be taken back: from it on, errors are retried for ever and nothing is undone. */
  readonly pointOfNoReturn?: string;
  /** Called in the transaction that ends the operation: finished, or failed after a complete undo. */
  ended?(state: S, outcome: SagaOutcome, tx: EntityManager, meta: OperationMeta): Promise<void>;
  /** Called once, in a transaction, when a step that may not be given up has failed several times. It goes on being retried slowly. */
  stuck?(state: S, reason: string, tx: EntityManager, meta: OperationMeta): Promise<void>;
}

/** Where a runner is, as its hooks see it. */
export interface StepPoint {
  operationId: string;
  saga: string;
  step: string;
  /** The step's position, from 0. */
  number: number;
  phase: 'run' | 'undo';
}

/** Fault points, for tests only: an error thrown here is an error of the step. */
export interface SagaHooks {
  beforeStep?(point: StepPoint): Promise<void> | void;
  /** After the step's effect and before its checkpoint. */
  afterStep?(point: StepPoint): Promise<void> | void;
}

/** Where a runner reports what an operator may want to know; a pino logger fits. */
export interface SagaLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

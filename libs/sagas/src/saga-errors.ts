/**
 * Not now: the same step is run again after a while, until its deadline.
 * Any other error means that the step has failed.
 */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
  /** Milliseconds until the next attempt; a growing backoff unless given. */
  readonly afterMs: number | undefined;

  constructor(message: string, options: { cause?: unknown; afterMs?: number } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.afterMs = options.afterMs;
  }
}

/** A saga, or a row in the database, is not what the code expects; says what to correct. */
export class SagaDefinitionError extends Error {
  override readonly name = 'SagaDefinitionError';
}

/** The state does not fit the saga's schema, or is too large to be a state. */
export class SagaStateError extends Error {
  override readonly name = 'SagaStateError';
}

/** There is no operation of that id. */
export class OperationNotFound extends Error {
  override readonly name = 'OperationNotFound';

  constructor(readonly operationId: string) {
    super(`There is no operation ${operationId}`);
  }
}

/** The operation has ended, or has passed the step from which it can only go on. */
export class OperationNotCancellable extends Error {
  override readonly name = 'OperationNotCancellable';
}

/** The operation was moved on by somebody else, or the session that holds its lock is gone: this runner must let go of it. */
export class OperationLost extends Error {
  override readonly name = 'OperationLost';
}

const maxReasonLength = 2000;

/** The text of an error that is stored and shown: its message only, without NUL, at most 2000 characters. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.replaceAll('\0', '').slice(0, maxReasonLength);
}

/** SQLSTATE classes and Node's codes that say "the database is not there right now" or "try again". */
const transientCodes = /^(08...|57P0[123]|40001|40P01|53300|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT)$/;

/** Whether the error comes from a database that restarts, a cut session, a deadlock or a serialization failure. */
export function isTransientDatabaseError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as Error & { code?: unknown };
  if (typeof code === 'string' && transientCodes.test(code)) return true;
  return error.message.startsWith('Connection terminated') || /^QueryRunner.*AlreadyReleasedError$/.test(error.name);
}

/** `RetryLater` for everything that means "not now"; undefined for a failure. */
export function asRetryLater(error: unknown): RetryLater | undefined {
  if (error instanceof RetryLater) return error;
  return isTransientDatabaseError(error) ? new RetryLater(reasonOf(error), { cause: error }) : undefined;
}

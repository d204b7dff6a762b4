import { AgentError } from '@clinker/agent-protocol';
import { isCinderError } from '@clinker/cinder';
import { RetryLater } from '@clinker/sagas';
import { BackendError, LimitExceededError } from '../errors/domain.errors';
import { HostUnreachableError } from '../hosts/host.errors';
import { overLimitText } from './operation.end';

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * True if the same call may succeed later: its outcome is not known, or the other side is away. An account that is no longer let in is one whose
 * password is being changed: what runs waits for the new one.
 */
export const isPassing = (error: unknown): boolean =>
  error instanceof HostUnreachableError ||
  (error instanceof AgentError && error.retryable) ||
  (isCinderError(error) && (error.retryable || error.kind === 'unauthorized'));

/**
 * Runs a call to Cinder or a host inside a step. What may pass becomes RetryLater; anything else ends the step with a sentence for operators.
 * @param what what was being done, e.g. `create the volume in Cinder`
 * @param afterMs how long (ms) to wait before the step is tried again, if not as long as its attempts suggest
 * @throws RetryLater, LimitExceededError if Cinder says so, BackendError
 */
export async function outside<T>(what: string, call: () => Promise<T>, afterMs?: number): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (cause instanceof RetryLater || cause instanceof BackendError) throw cause;
    if (isPassing(cause))
      throw new RetryLater(`Could not ${what}: ${message(cause)}`, { cause, ...(afterMs === undefined ? {} : { afterMs }) });
    if (isCinderError(cause, 'over_limit')) throw new LimitExceededError(overLimitText(what, cause.message), { cause });
    throw new BackendError(`Could not ${what}: ${message(cause)}`, { cause });
  }
}

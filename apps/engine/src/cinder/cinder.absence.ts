import { isCinderError } from '@clinker/cinder';
import { RetryLater } from '@clinker/sagas';

/** What `look` finds; undefined if there is none any more. @throws CinderError */
export async function orGone<T>(look: () => Promise<T>): Promise<T | undefined> {
  try {
    return await look();
  } catch (error) {
    if (isCinderError(error, 'not_found')) return undefined;
    throw error;
  }
}

/**
 * Asks for something to be deleted. What is gone need not be, and what cannot be yet is asked for again.
 * @param what it is, e.g. `the group snapshot`
 * @throws RetryLater, CinderError
 */
export async function unlessGone(what: string, ask: () => Promise<void>): Promise<void> {
  try {
    await orGone(ask);
  } catch (error) {
    if (!isCinderError(error, 'bad_request', 'conflict')) throw error;
    throw new RetryLater(`Cinder does not delete ${what} now: ${error.message}`, { cause: error });
  }
}

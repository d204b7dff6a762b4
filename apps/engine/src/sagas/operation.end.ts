import type { Operation, Operations } from '@clinker/sagas';
import { BackendError, type DomainError, LimitExceededError } from '../errors/domain.errors';

/** How an operation stands after some waiting. */
export type OperationEnd = { readonly status: 'finished' | 'pending' } | { readonly status: 'failed'; readonly reason: string };

/** Waits for an operation's end, at most so many milliseconds. One that is being taken back counts as failed. */
export async function endOf(operations: Operations, operationId: string, withinMs: number): Promise<OperationEnd> {
  return endFrom(await operations.ended(operationId, withinMs));
}

/** As {@link endOf}, for work that has come about at the point of no return: what follows does not concern who waits. */
export async function settlementOf(operations: Operations, operationId: string, withinMs: number): Promise<OperationEnd> {
  return endFrom(await operations.settled(operationId, withinMs));
}

function endFrom({ status, error }: Pick<Operation, 'status' | 'error'>): OperationEnd {
  if (status === 'finished') return { status };
  return status === 'running' ? { status: 'pending' } : { status: 'failed', reason: error ?? '' };
}

/** What tells of a limit in an operation's reason, whoever has found it out: the words between the parameters of oVirt's text. */
const QUOTA = 'The quota of the Cinder project is exceeded';

/** The text of a limit that Cinder itself says is exceeded: its word is the last. */
export const overLimitText = (what: string, cinderMessage: string): string => `Could not ${what}. ${QUOTA}: ${cinderMessage}`;

/** The fault for who has waited for an operation that has failed. @param text what could not be done */
export function endFault(reason: string, text: string): DomainError {
  const detail = `${text} ${reason}`;
  return reason.includes(QUOTA) ? new LimitExceededError(detail) : new BackendError(detail);
}

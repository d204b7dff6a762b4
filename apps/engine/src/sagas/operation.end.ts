import { type Operations } from '@clinker/sagas';

/** How an operation stands after some waiting. */
export type OperationEnd = { readonly status: 'finished' | 'pending' } | { readonly status: 'failed'; readonly reason: string };

/** Waits for an operation's end, at most so many milliseconds. One that is being taken back counts as failed. */
export async function endOf(operations: Operations, operationId: string, withinMs: number): Promise<OperationEnd> {
  const { status, error } = await operations.ended(operationId, withinMs);
  if (status === 'finished') return { status };
  return status === 'running' ? { status: 'pending' } : { status: 'failed', reason: error ?? '' };
}

import type { Operation, Operations } from '@clinker/sagas';

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

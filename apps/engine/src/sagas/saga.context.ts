import { withLogContext } from '@clinker/logging';
import type { CallStep, OperationMeta, Saga, Step, StepContext, TransactionStep, WaitStep } from '@clinker/sagas';

const inside = <T>({ operationId, correlationId, ownerId }: Omit<StepContext, 'signal' | 'isFirst' | 'wakeUp'>, work: () => T): T =>
  withLogContext({ operationId, correlationId, userId: ownerId ?? undefined }, work);
const insideEnd = <T>({ id, ...meta }: OperationMeta, work: () => T): T => inside({ operationId: id, ...meta }, work);

function transactionInContext<S>({ undo, ...step }: TransactionStep<S>): TransactionStep<S> {
  return {
    ...step,
    run: (state, tx, ctx) => inside(ctx, () => step.run(state, tx, ctx)),
    ...(undo && { undo: (state, tx, ctx) => inside(ctx, () => undo(state, tx, ctx)) }),
  };
}

function callInContext<S>({ undo, ...step }: CallStep<S>): CallStep<S> {
  return {
    ...step,
    run: (state, ctx) => inside(ctx, () => step.run(state, ctx)),
    ...(undo && { undo: (state, ctx) => inside(ctx, () => undo(state, ctx)) }),
  };
}

function waitInContext<S>({ undo, ...step }: WaitStep<S>): WaitStep<S> {
  return {
    ...step,
    until: (state, ctx) => inside(ctx, () => step.until(state, ctx)),
    ...(undo && { undo: (state, ctx) => inside(ctx, () => undo(state, ctx)) }),
  };
}

function stepInContext<S>(step: Step<S>): Step<S> {
  if (step.kind === 'transaction') return transactionInContext(step);
  return step.kind === 'call' ? callInContext(step) : waitInContext(step);
}

/** The same saga; what it logs, records as events and sends to hosts carries its operation, and the correlation id of who started it and who that is. */
export function inContext<S extends object>(saga: Saga<S>): Saga<S> {
  const { name, state, pointOfNoReturn } = saga;
  return {
    name,
    state,
    steps: saga.steps.map(stepInContext),
    describe: (values) => saga.describe(values),
    ended: async (values, outcome, tx, meta) => insideEnd(meta, () => saga.ended?.(values, outcome, tx, meta)),
    stuck: async (values, reason, tx, meta) => insideEnd(meta, () => saga.stuck?.(values, reason, tx, meta)),
    ...(pointOfNoReturn !== undefined && { pointOfNoReturn }),
  };
}

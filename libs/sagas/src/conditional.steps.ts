import type { EntityManager } from 'typeorm';
import type { Step, StepContext } from './saga.types';

/** Steps that do nothing, and have nothing to take back, in operations for which they are not needed. */
export const stepsIf = <S>(isNeeded: (state: S) => boolean, steps: readonly Step<S>[]): readonly Step<S>[] =>
  steps.map((step) => stepIf(isNeeded, step));

function stepIf<S>(isNeeded: (state: S) => boolean, step: Step<S>): Step<S> {
  const act = <A extends unknown[], R>(call: (state: S, ...rest: A) => Promise<R>, otherwise: R) => {
    return async (state: S, ...rest: A): Promise<R> => (isNeeded(state) ? call(state, ...rest) : otherwise);
  };
  if (step.kind === 'transaction') {
    const undo = step.undo && act((state: S, tx: EntityManager, ctx: StepContext) => step.undo!(state, tx, ctx), undefined);
    return {
      ...step,
      run: act((state: S, tx: EntityManager, ctx: StepContext) => step.run(state, tx, ctx), undefined),
      ...(undo && { undo }),
    };
  }
  const undo = step.undo && act((state: S, ctx: StepContext) => step.undo!(state, ctx), undefined);
  if (step.kind === 'call')
    return { ...step, run: act((state: S, ctx: StepContext) => step.run(state, ctx), undefined), ...(undo && { undo }) };
  return { ...step, until: act((state: S, ctx: StepContext) => step.until(state, ctx), true), ...(undo && { undo }) };
}

import type { Saga } from '@clinker/sagas';
import type { SagaWorld } from '@clinker/sagas/testing';

/** What the laws must know of a saga's form, taken from the saga itself, so that a new step is tried without anybody's doing. */
export function anatomy<S>(saga: Saga<S>): Pick<SagaWorld, 'name' | 'steps' | 'withoutUndo' | 'pointOfNoReturn'> {
  const { name, steps, pointOfNoReturn } = saga;
  return {
    name,
    steps: steps.map((step) => step.name),
    withoutUndo: steps.filter(({ undo }) => !undo).map((step) => step.name),
    ...(pointOfNoReturn === undefined ? {} : { pointOfNoReturn }),
  };
}

/** A saga is made of its collaborators; to look at its steps none of them is needed. */
export function stepsOf<S>(saga: abstract new (...collaborators: never[]) => Saga<S>): ReturnType<typeof anatomy<S>> {
  return anatomy(Reflect.construct(saga, []) as Saga<S>);
}

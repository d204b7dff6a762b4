import type { Saga } from '@clinker/sagas';
import type { SagaWorld } from '@clinker/sagas/testing';

type Anatomy = Pick<SagaWorld, 'name' | 'steps' | 'withoutUndo' | 'pointOfNoReturn'>;

/** What the laws must know of a saga's form, taken from the saga itself, so that a new step is tried without anybody's doing. */
export function anatomy<S>(saga: Saga<S>): Anatomy {
  const { name, steps, pointOfNoReturn } = saga;
  return {
    name,
    steps: steps.map((step) => step.name),
    withoutUndo: steps.filter(({ undo }) => !undo).map((step) => step.name),
    ...(pointOfNoReturn === undefined ? {} : { pointOfNoReturn }),
  };
}

/** A saga is made of its collaborators; to look at its steps none of them is needed. */
export function stepsOf<S>(saga: abstract new (...collaborators: never[]) => Saga<S>): Anatomy {
  return anatomy(Reflect.construct(saga, []) as Saga<S>);
}

/** The steps that a saga does not share with another, in which they are tried: shared steps are the same code, by the same name. */
export function ownSteps(saga: Anatomy, other: Anatomy): readonly string[] {
  return saga.steps.filter((step) => !other.steps.includes(step));
}

/** The saga up to its point of no return, if what comes after is another's too: it is tried there. */
export function untilNoReturn({ pointOfNoReturn, steps, ...rest }: Anatomy): Anatomy {
  return { ...rest, steps: steps.slice(0, steps.indexOf(pointOfNoReturn ?? '')) };
}

import { durationMs } from './duration';
import { reasonOf, SagaDefinitionError, SagaStateError } from './saga-errors';
import type { Json, Saga } from './saga.types';

const maxStateBytes = 64 * 1024;

/** A saga that was checked when it was registered, and what the runner wants to know about its steps. */
export class RegisteredSaga {
  readonly #pointOfNoReturn: number;

  constructor(readonly saga: Saga<object>) {
    checkSaga(saga);
    const { pointOfNoReturn, steps } = saga;
    this.#pointOfNoReturn = pointOfNoReturn === undefined ? steps.length : this.indexOf(pointOfNoReturn);
  }

  /** The position of a step. Throws `SagaDefinitionError` if the saga has no such step. */
  indexOf(step: string): number {
    const index = this.saga.steps.findIndex(({ name }) => name === step);
    if (index < 0) throw new SagaDefinitionError(`Saga '${this.saga.name}' has no step '${step}'`);
    return index;
  }

  has(step: string): boolean {
    return this.saga.steps.some(({ name }) => name === step);
  }

  /** Whether errors of the step at this position are retried for ever instead of undone. */
  isIrreversible(index: number): boolean {
    return index >= this.#pointOfNoReturn;
  }

  /** The state with a step's patch in it, as it will be stored. Throws `SagaStateError`. */
  merge(state: object, patch: object | void): Json {
    const result = this.saga.state.safeParse({ ...state, ...patch });
    if (!result.success) throw new SagaStateError(`The state of saga '${this.saga.name}' is not valid: ${reasonOf(result.error)}`);
    const bytes = Buffer.byteLength(JSON.stringify(result.data));
    if (bytes > maxStateBytes) throw new SagaStateError(`The state of saga '${this.saga.name}' has ${bytes} bytes; store ids, not objects`);
    return result.data as Json;
  }
}

/** The sagas that this process knows. */
export class SagaRegistry {
  readonly #sagas = new Map<string, RegisteredSaga>();

  /** Throws `SagaDefinitionError` if the saga contradicts itself, or if its name is taken. */
  add<S extends object>(saga: Saga<S>): void {
    if (this.#sagas.has(saga.name)) throw new SagaDefinitionError(`Two sagas are called '${saga.name}'`);
    this.#sagas.set(saga.name, new RegisteredSaga(saga));
  }

  find(name: string): RegisteredSaga | undefined {
    return this.#sagas.get(name);
  }

  /** Throws `SagaDefinitionError` if nothing of that name is registered. */
  get(name: string): RegisteredSaga {
    const saga = this.#sagas.get(name);
    if (!saga) throw new SagaDefinitionError(`No saga is called '${name}'`);
    return saga;
  }
}

function checkSaga(saga: Saga<object>): void {
  const fail = (problem: string): never => {
    throw new SagaDefinitionError(`Saga '${saga.name}' ${problem}`);
  };
  const names = saga.steps.map(({ name }) => name);
  if (!/^[a-z][a-z0-9-]*$/.test(saga.name)) fail('needs a name of small letters, digits and hyphens');
  if (names.length === 0) fail('has no steps');
  if (names.some((name) => name === '')) fail('has a step without a name');
  if (new Set(names).size < names.length) fail('has two steps of one name');
  if (saga.pointOfNoReturn !== undefined && !names.includes(saga.pointOfNoReturn)) fail(`has no step '${saga.pointOfNoReturn}'`);
  for (const step of saga.steps) checkDurations(step);
}

/** Reads every duration once, so that a wrong one shows at start-up and not in the middle of an operation. */
function checkDurations(step: Saga<object>['steps'][number]): void {
  if (step.kind === 'wait') durationMs(step.every);
  if (step.kind !== 'transaction' && step.within !== undefined) durationMs(step.within);
}

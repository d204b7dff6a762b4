import type { EntityManager } from 'typeorm';

import { Operation } from './operation.entity';
import { checkpoint, insertOperation, loadOperation, type OperationRow, type StepChange } from './operation.store';
import { SagaDefinitionError } from './saga-errors';
import type { RegisteredSaga } from './saga.registry';
import type { Json, OperationSubject, SagaHooks, Step, StepContext, TransactionStep } from './saga.types';

/** Who starts an operation, and on what. */
export interface StartMeta {
  correlationId: string;
  ownerId?: string;
  subjects?: OperationSubject[];
  /** A deterministic id, for an operation that another one starts: a second start of the same id finds the first one. */
  id?: string;
}

/** What the start needs from its surroundings. */
interface StartEnvironment {
  hooks: SagaHooks;
  requestLook(operationId: string): Promise<void>;
}

/** The beginning of one operation: its row and its leading transaction steps, all in one transaction. */
export class OperationStart {
  constructor(
    private readonly registered: RegisteredSaga,
    private readonly meta: StartMeta & { id: string },
    private readonly environment: StartEnvironment,
  ) {}

  /** Returns the operation as it was written, or the one that already had this id. */
  async run(state: object, tx: EntityManager): Promise<Operation> {
    if (!tx.queryRunner?.isTransactionActive) throw new SagaDefinitionError('An operation can only be started in a transaction');
    const { id, correlationId, ownerId = null, subjects = [] } = this.meta;
    const { saga } = this.registered;
    const valid = this.registered.merge(state, undefined);
    const first = saga.steps[0] as Step<object>;
    const head = {
      id,
      correlationId,
      ownerId,
      subjects,
      saga: saga.name,
      description: saga.describe(valid),
      state: valid,
      step: first.name,
    };
    if (await insertOperation(tx, head)) await this.#lead(tx);
    return tx.findOneByOrFail(Operation, { id });
  }

  async #lead(tx: EntityManager): Promise<void> {
    const row = (await loadOperation(tx, this.meta.id)) as OperationRow;
    const { steps } = this.registered.saga;
    const context = this.#context();
    const changes: StepChange[] = [];
    let { state } = row;
    for (const [number, step] of steps.entries()) {
      const leading = step.kind === 'transaction';
      if (leading) state = await this.#perform({ number, step, state }, tx, context);
      changes.push({ number, name: step.name, status: leading ? 'finished' : 'started', attempts: 1 });
      if (!leading) break;
    }
    await this.#record(tx, row, { state, changes });
  }

  async #perform(
    at: { number: number; step: TransactionStep<object>; state: Json },
    tx: EntityManager,
    context: StepContext,
  ): Promise<Json> {
    const { number, step, state } = at;
    const point = { operationId: this.meta.id, saga: this.registered.saga.name, step: step.name, number, phase: 'run' as const };
    await this.environment.hooks.beforeStep?.(point);
    const patch = await step.run(this.registered.merge(state, undefined), tx, context);
    await this.environment.hooks.afterStep?.(point);
    return this.registered.merge(state, patch);
  }

  async #record(tx: EntityManager, row: OperationRow, { state, changes }: { state: Json; changes: StepChange[] }): Promise<void> {
    const current = changes.at(-1) as StepChange;
    if (current.status === 'started') {
      await checkpoint(tx, row, { state, step: current.name, steps: changes });
      return;
    }
    await checkpoint(tx, row, { state, status: 'finished', step: null, steps: changes });
    await this.registered.saga.ended?.(state, { status: 'finished' }, tx, row.meta);
  }

  #context(): StepContext {
    const { id, correlationId, ownerId = null } = this.meta;
    const wakeUp = () => void this.environment.requestLook(id).catch(() => undefined);
    return { operationId: id, correlationId, ownerId, signal: new AbortController().signal, isFirst: true, wakeUp };
  }
}

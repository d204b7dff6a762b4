import { randomUUID } from 'node:crypto';

import type { DataSource, EntityManager, EntitySubscriberInterface, QueryRunner } from 'typeorm';

import { EndWatch } from './end.watch';
import { Operation } from './operation.entity';
import { forgetEnded, type OldOperations, requestCancel, requestRetry } from './operation.store';
import { OperationStart, type StartMeta } from './operation.start';
import { OperationNotCancellable, OperationNotFound, reasonOf, SagaDefinitionError } from './saga-errors';
import type { SagaRunner } from './saga.runner';

/** How an operation stands: one that will certainly finish counts as finished. */
export type SettledOperation = Pick<Operation, 'status' | 'error'>;

/** What services use: starts operations, and speaks to those that run. */
export class Operations {
  readonly #dataSource: DataSource;
  readonly #watch: EndWatch;
  /** Operations that were started in a transaction of the caller's, and are to be woken when it commits. */
  readonly #uncommitted = new WeakMap<QueryRunner, Operation[]>();

  /** The runner need not be started, but its data source must be initialized: that is when subscribers come to be. */
  constructor(private readonly runner: SagaRunner) {
    this.#dataSource = runner.dataSource;
    if (!this.#dataSource.isInitialized) throw new SagaDefinitionError('Operations need a data source that is initialized');
    this.#watch = new EndWatch(runner);
    this.#dataSource.subscribers.push(this.#commitSubscriber());
  }

  /**
   * Inserts the operation and runs its leading transaction steps, all in one transaction: `tx`, or an own one; the first look
   * at it follows the commit at once. Whatever a leading step throws is thrown here, and nothing has happened.
   * Throws `SagaStateError` and `SagaDefinitionError` for a wrong state and an unknown saga.
   */
  async start<S extends object>(saga: string, state: S, meta: StartMeta, tx?: EntityManager): Promise<Operation> {
    const registered = this.runner.registry.get(saga);
    const start = new OperationStart(registered, { ...meta, id: meta.id ?? randomUUID() }, this.runner);
    if (tx) return this.#afterCommit(tx, await start.run(state, tx));
    const operation = await this.#dataSource.transaction((own) => start.run(state, own));
    this.#begun(operation);
    return operation;
  }

  /** Looks at the operation now: something that it waits for may have happened. Redis may be down. */
  async wake(operationId: string): Promise<void> {
    await this.runner.requestLook(operationId);
  }

  /**
   * Waits until the operation has ended, at most `withinMs`, and returns it as it is then.
   * Throws `OperationNotFound`.
   */
  async ended(operationId: string, withinMs: number): Promise<Operation> {
    await this.#watch.ended(operationId, withinMs);
    return this.#get(operationId);
  }

  /**
   * As `ended`, and also done when it is certain that the operation will finish: it has passed its point of no return.
   * Throws `OperationNotFound`.
   */
  async settled(operationId: string, withinMs: number): Promise<SettledOperation> {
    await this.#watch.ended(operationId, withinMs, async () => this.#isIrreversible(await this.#get(operationId)));
    const { status, error, ...rest } = await this.#get(operationId);
    return { status: this.#isIrreversible({ status, ...rest }) ? 'finished' : status, error };
  }

  /**
   * Takes a running operation back, from its next step boundary. Nothing changes if it is being taken back already.
   * Throws `OperationNotCancellable` when it has ended or has passed its point of no return, and `OperationNotFound`.
   */
  async cancel(operationId: string, reason: string): Promise<void> {
    const operation = await this.#get(operationId);
    if (operation.status === 'undoing') return;
    if (operation.step === null) throw new OperationNotCancellable(`Operation ${operationId} has ended`);
    if (this.#isIrreversible(operation)) {
      throw new OperationNotCancellable(`Operation ${operationId} has passed the point from which it can be taken back`);
    }
    if (await requestCancel(this.#dataSource.manager, operationId, reasonOf(reason))) await this.runner.wake(operationId);
  }

  /** Tries an operation again now that is stuck or waits for its next attempt. */
  async retry(operationId: string): Promise<void> {
    if (await requestRetry(this.#dataSource.manager, operationId)) await this.runner.wake(operationId);
    else await this.#get(operationId);
  }

  /** Deletes operations that ended long ago, at most so many. Returns how many: fewer than the limit when none is left. */
  forgetEnded(old: OldOperations): Promise<number> {
    return forgetEnded(this.#dataSource.manager, old);
  }

  #isIrreversible({ saga, step, status }: Pick<Operation, 'saga' | 'step' | 'status'>): boolean {
    const registered = this.runner.registry.get(saga);
    return step !== null && status === 'running' && registered.isIrreversible(registered.indexOf(step));
  }

  async #get(operationId: string): Promise<Operation> {
    const operation = await this.#dataSource.manager.findOneBy(Operation, { id: operationId });
    if (!operation) throw new OperationNotFound(operationId);
    return operation;
  }

  #begun(operation: Operation): void {
    if (operation.step === null) this.runner.announceEnd(operation.id);
    else void this.runner.wake(operation.id);
  }

  #afterCommit({ queryRunner }: EntityManager, operation: Operation): Operation {
    if (!queryRunner) return operation;
    const started = this.#uncommitted.get(queryRunner) ?? [];
    this.#uncommitted.set(queryRunner, [...started, operation]);
    return operation;
  }

  #commitSubscriber(): EntitySubscriberInterface {
    const take = (queryRunner: QueryRunner): Operation[] => {
      if (queryRunner.isTransactionActive) return [];
      const started = this.#uncommitted.get(queryRunner) ?? [];
      this.#uncommitted.delete(queryRunner);
      return started;
    };
    return {
      afterTransactionCommit: ({ queryRunner }) => take(queryRunner).forEach((operation) => this.#begun(operation)),
      afterTransactionRollback: ({ queryRunner }) => void take(queryRunner),
    };
  }
}

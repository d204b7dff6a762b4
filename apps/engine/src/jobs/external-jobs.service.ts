import { OperationNotCancellable, Operations } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager, LessThan, Not } from 'typeorm';
import { findRow } from '../database/row.access';
import { ConflictError } from '../errors/domain.errors';
import type { RequestOrigin } from '../http/request-origin';
import { ExternalJob, ExternalStep } from './external-job.entity';
import type { JobEnd, NewJob, NewStep, StepEnd } from './external-job.input';
import { Job } from './job.view';

/** How long (ms) jobs that may be forgotten are kept after their end. */
const KEPT_MS = 24 * 3_600_000;

/** Work of others that is shown among our jobs: who announces it also says how it goes on. */
@Injectable()
export class ExternalJobsService {
  constructor(
    private readonly db: EntityManager,
    private readonly operations: Operations,
  ) {}

  /** Also forgets those that ended long ago, so that they do not grow without bound. */
  async add({ description, auto_cleared: autoCleared = true }: NewJob, { correlationId, ownerId }: RequestOrigin): Promise<string> {
    const id = randomUUID();
    const now = new Date();
    const times = { startedAt: now, updatedAt: now, endedAt: null };
    await this.db.delete(ExternalJob, { autoCleared: true, status: Not('started'), endedAt: LessThan(new Date(now.getTime() - KEPT_MS)) });
    await this.db.insert(ExternalJob, { id, description, autoCleared, status: 'started', correlationId, ownerId, ...times });
    return id;
  }

  /** Lets the job be forgotten after its end. @throws NotFoundError, ConflictError if it is an operation of ours */
  async clear(id: string): Promise<void> {
    await this.external(this.db, id, 'clear');
    await this.db.update(ExternalJob, { id }, { autoCleared: true, updatedAt: new Date() });
  }

  /**
   * Ends the job, and its open steps with it. An operation of ours ends by itself; told that it has not succeeded it is cancelled, and taken
   * back to where it began.
   * @throws NotFoundError, ConflictError if it has ended or cannot be taken back any more
   */
  async end(id: string, { succeeded }: JobEnd): Promise<void> {
    const { external } = await findRow(this.db, Job, 'Job', { id });
    if (!external && succeeded === false) return this.cancel(id);
    return this.endExternal(id, succeeded ?? true);
  }

  /** Tries an operation of ours at once that is stuck or waits for its next attempt. @throws NotFoundError, ConflictError if there is none */
  async retry(id: string): Promise<void> {
    const { external, status } = await findRow(this.db, Job, 'Job', { id });
    if (external) throw new ConflictError('Cannot retry Job. The Job is external: who has announced it goes on with it.');
    if (status !== 'started') throw new ConflictError('Cannot retry Job. The Job has ended already.');
    await this.operations.retry(id);
  }

  private async cancel(id: string): Promise<void> {
    try {
      await this.operations.cancel(id, 'It was cancelled by a user.');
    } catch (cause) {
      if (!(cause instanceof OperationNotCancellable)) throw cause;
      throw new ConflictError(`Cannot end Job. ${cause.message}.`, { cause });
    }
  }

  private async endExternal(id: string, succeeded: boolean): Promise<void> {
    await this.db.transaction(async (tx) => {
      await this.running(tx, id, 'end');
      const open = { jobId: id, status: 'started' as const };
      const outcome = { status: succeeded ? ('finished' as const) : ('failed' as const), endedAt: new Date() };
      await tx.update(ExternalStep, open, outcome);
      await tx.update(ExternalJob, { id }, { ...outcome, updatedAt: outcome.endedAt });
    });
  }

  /** @throws NotFoundError, ConflictError if the job is an operation of ours, or it or the parent has ended */
  async addStep(jobId: string, { description, type, parent_step }: NewStep): Promise<string> {
    const id = randomUUID();
    const parentStepId = parent_step?.id ?? null;
    await this.db.transaction(async (tx) => {
      await this.running(tx, jobId, 'add Step to');
      const parent = parentStepId === null ? undefined : await findRow(tx, ExternalStep, 'Step', { id: parentStepId, jobId });
      if (parent && parent.status !== 'started') throw new ConflictError('Cannot add Step. The parent Step has ended.');
      const number = await tx.countBy(ExternalStep, { jobId });
      const now = new Date();
      await tx.insert(ExternalStep, {
        id,
        jobId,
        parentStepId,
        number,
        description,
        type,
        status: 'started',
        startedAt: now,
        endedAt: null,
      });
      await tx.update(ExternalJob, { id: jobId }, { updatedAt: now });
    });
    return id;
  }

  /** @throws NotFoundError, ConflictError if the job is an operation of ours, or the step has ended */
  async endStep(jobId: string, id: string, { succeeded }: StepEnd): Promise<void> {
    await this.db.transaction(async (tx) => {
      await this.running(tx, jobId, 'end Step of');
      const { status } = await findRow(tx, ExternalStep, 'Step', { id, jobId });
      if (status !== 'started') throw new ConflictError('Cannot end Step. The Step has ended already.');
      const now = new Date();
      await tx.update(ExternalStep, { id }, { status: succeeded ? 'finished' : 'failed', endedAt: now });
      await tx.update(ExternalJob, { id: jobId }, { updatedAt: now });
    });
  }

  private async external(tx: EntityManager, id: string, action: string): Promise<void> {
    const { external } = await findRow(tx, Job, 'Job', { id });
    if (!external) throw new ConflictError(`Cannot ${action} Job. The Job is not external: it ends by itself.`);
  }

  /** Locks the job until the transaction ends. */
  private async running(tx: EntityManager, id: string, action: string): Promise<void> {
    await this.external(tx, id, action);
    const job = await tx.findOne(ExternalJob, { where: { id }, lock: { mode: 'pessimistic_write' } });
    if (job?.status !== 'started') throw new ConflictError(`Cannot ${action} Job. The Job has ended already.`);
  }
}

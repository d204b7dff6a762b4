import { Operation, OperationStep } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { rowsByIds } from '../database/rows.by-ids';
import { NotFoundError } from '../errors/domain.errors';
import { dateField, enumField, idField } from '../search/field.kinds';
import type { ListQuery } from '../search/list-query';
import { type Searchable, applySearch } from '../search/search.sql';

const SEARCHABLE: Searchable = {
  fields: {
    id: idField('job.id'),
    correlation_id: 'job.correlation_id',
    description: 'job.description',
    status: enumField(
      "CASE WHEN job.status IN ('running', 'undoing') THEN 'started' ELSE job.status END",
      ['started', 'finished', 'failed'],
      {
        never: ['aborted', 'unknown'],
      },
    ),
    start_time: dateField('job.started_at'),
    end_time: dateField('job.ended_at'),
  },
  defaultSort: 'start_time',
  freeText: ['description'],
};

/** Operations as oVirt's jobs: the same rows. */
@Injectable()
export class JobsService {
  constructor(private readonly db: EntityManager) {}

  list(query: ListQuery): Promise<Operation[]> {
    return applySearch(this.db.createQueryBuilder(Operation, 'job'), SEARCHABLE, query).getMany();
  }

  /** Jobs by their ids; those that are gone are left out. */
  byIds(ids: readonly string[]): Promise<Operation[]> {
    return rowsByIds(this.db, Operation, ids);
  }

  /** The steps of these jobs, in order. */
  async stepsOf(ids: readonly string[]): Promise<OperationStep[]> {
    const found = await rowsByIds(this.db, OperationStep, ids, 'operationId');
    return found.sort((a, b) => a.number - b.number);
  }

  async get(id: string): Promise<Operation> {
    const found = await this.db.findOneBy(Operation, { id });
    if (!found) throw new NotFoundError('Job', id);
    return found;
  }

  async steps(jobId: string): Promise<OperationStep[]> {
    await this.get(jobId);
    return this.db.find(OperationStep, { where: { operationId: jobId }, order: { number: 'ASC' } });
  }

  async step(jobId: string, number: number): Promise<OperationStep> {
    const found = await this.db.findOneBy(OperationStep, { operationId: jobId, number });
    if (!found) throw new NotFoundError('Step', String(number));
    return found;
  }
}

import { OperationStep } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { EntityManager, In } from 'typeorm';
import { rowsByIds } from '../database/rows.by-ids';
import { findRow } from '../database/row.access';
import { NotFoundError } from '../errors/domain.errors';
import { dateField, enumField, idField } from '../search/field.kinds';
import type { ListQuery } from '../search/list-query';
import { type Searchable, applySearch } from '../search/search.sql';
import { ExternalStep } from './external-job.entity';
import { type JobStep, stepOfOperation, stepOfOthers } from './job.step';
import { Job } from './job.view';

const SEARCHABLE: Searchable = {
  fields: {
    id: idField('job.id'),
    correlation_id: 'job.correlation_id',
    description: 'job.description',
    status: enumField('job.status', ['started', 'finished', 'failed'], { never: ['aborted', 'unknown'] }),
    start_time: dateField('job.started_at'),
    end_time: dateField('job.ended_at'),
  },
  defaultSort: 'start_time',
  freeText: ['description'],
};

/** Operations as oVirt's jobs, the same rows, and those that others have announced. */
@Injectable()
export class JobsService {
  constructor(private readonly db: EntityManager) {}

  list(query: ListQuery): Promise<Job[]> {
    return applySearch(this.db.createQueryBuilder(Job, 'job'), SEARCHABLE, query).getMany();
  }

  /** Jobs by their ids; those that are gone are left out. */
  byIds(ids: readonly string[]): Promise<Job[]> {
    return rowsByIds(this.db, Job, ids);
  }

  /** The steps of these jobs, in order. */
  async stepsOf(ids: readonly string[]): Promise<JobStep[]> {
    const ours = await this.db.find(OperationStep, { where: { operationId: In([...ids]) }, order: { number: 'ASC' } });
    const others = await this.db.find(ExternalStep, { where: { jobId: In([...ids]) }, order: { number: 'ASC' } });
    return [...ours.map(stepOfOperation), ...others.map(stepOfOthers)];
  }

  /** @throws NotFoundError */
  get(id: string): Promise<Job> {
    return findRow(this.db, Job, 'Job', { id });
  }

  /** @throws NotFoundError */
  async steps(jobId: string): Promise<JobStep[]> {
    await this.get(jobId);
    return this.stepsOf([jobId]);
  }

  /** @throws NotFoundError */
  async step(jobId: string, id: string): Promise<JobStep> {
    const found = (await this.steps(jobId)).find((step) => step.id === id);
    if (!found) throw new NotFoundError('Step', id);
    return found;
  }
}

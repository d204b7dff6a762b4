import { collection } from '@clinker/ovirt-api';
import { Controller, Get } from '@nestjs/common';
import { Followers, listsOf } from '../follow/followers';
import { Api, type ApiRequest } from '../http/api-request';
import { Id } from '../http/input';
import { type Reply, ok } from '../http/reply';
import { Searches } from '../http/own.parameters';
import { Lists, Reads } from '../permissions/access.declarations';
import { listQuery } from '../search/list-query';
import { jobRepresentation, stepRepresentation } from './job.representation';
import { JobsService } from './jobs.service';

@Controller('api/jobs')
export class JobsController {
  constructor(
    private readonly jobs: JobsService,
    followers: Followers,
  ) {
    followers.objects('jobs', async (ids, { links }) => (await jobs.byIds(ids)).map((one) => jobRepresentation(one, links)));
    followers.empty('jobs/steps', { statistics: 'statistics' });
    followers.list('jobs/steps', 'steps', async (ids, { links }) =>
      listsOf(
        await jobs.stepsOf(ids),
        ({ jobId }) => jobId,
        (one) => stepRepresentation(one, links),
      ),
    );
  }

  @Get()
  @Searches()
  @Lists('job')
  async list(@Api() api: ApiRequest): Promise<Reply> {
    const jobs = await this.jobs.list(listQuery(api));
    return ok(
      'jobs',
      collection(
        'jobs',
        jobs.map((job) => jobRepresentation(job, api.links)),
      ),
    );
  }

  @Get(':id')
  @Reads('job')
  async get(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('job', jobRepresentation(await this.jobs.get(id), api.links));
  }

  @Get(':id/steps')
  @Reads('job')
  async steps(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    const steps = await this.jobs.steps(id);
    return ok(
      'steps',
      collection(
        'steps',
        steps.map((step) => stepRepresentation(step, api.links)),
      ),
    );
  }

  @Get(':id/steps/:step')
  @Reads('job')
  async step(@Id('id') id: string, @Id('step') step: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('step', stepRepresentation(await this.jobs.step(id, step), api.links));
  }

  @Get(':id/steps/:step/statistics')
  @Reads('job')
  async statistics(@Id('id') id: string, @Id('step') step: string): Promise<Reply> {
    await this.jobs.step(id, step);
    return ok('statistics', collection('statistics', []));
  }
}

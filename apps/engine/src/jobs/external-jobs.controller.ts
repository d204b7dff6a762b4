import { Controller, Post } from '@nestjs/common';
import { Api, type ApiRequest } from '../http/api-request';
import { Id, Input } from '../http/input';
import { type Reply, action, created } from '../http/reply';
import { Action } from '../http/action.route';
import { originOf } from '../http/request-origin';
import { Needs, onSystem } from '../permissions/access.declarations';
import { type JobEnd, type NewJob, type NewStep, type StepEnd, jobEnd, newJob, newStep, stepEnd } from './external-job.input';
import { ExternalJobsService } from './external-jobs.service';
import { jobRepresentation, stepRepresentation } from './job.representation';
import { JobsService } from './jobs.service';

/** Work of others that is shown among our jobs. */
@Controller('api/jobs')
export class ExternalJobsController {
  constructor(
    private readonly external: ExternalJobsService,
    private readonly jobs: JobsService,
  ) {}

  @Post()
  @Needs('inject_external_tasks', onSystem)
  async add(@Input({ element: 'job', schema: newJob, method: 'add' }) input: NewJob, @Api() api: ApiRequest): Promise<Reply> {
    const id = await this.external.add(input, originOf(api));
    return created('job', jobRepresentation(await this.jobs.get(id), api.links));
  }

  @Action(':id/clear')
  @Needs('inject_external_tasks', onSystem)
  async clear(@Id('id') id: string): Promise<Reply> {
    await this.external.clear(id);
    return action(null, 'complete');
  }

  @Action(':id/end')
  @Needs('inject_external_tasks', onSystem)
  async end(@Id('id') id: string, @Input({ element: 'action', schema: jobEnd, method: 'end' }) input: JobEnd): Promise<Reply> {
    await this.external.end(id, input);
    return action(null, 'complete');
  }

  @Post(':id/steps')
  @Needs('inject_external_tasks', onSystem)
  async addStep(
    @Id('id') id: string,
    @Input({ element: 'step', schema: newStep, method: 'add' }) input: NewStep,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    const stepId = await this.external.addStep(id, input);
    return created('step', stepRepresentation(await this.jobs.step(id, stepId), api.links));
  }

  @Action(':id/steps/:step/end')
  @Needs('inject_external_tasks', onSystem)
  async endStep(
    @Id('id') id: string,
    @Id('step') step: string,
    @Input({ element: 'action', schema: stepEnd, method: 'end' }) input: StepEnd,
  ): Promise<Reply> {
    await this.external.endStep(id, step, input);
    return action(null, 'complete');
  }
}

import { Controller } from '@nestjs/common';
import { Id } from '../http/input';
import { type Reply, action } from '../http/reply';
import { Action } from '../http/action.route';
import { Needs, onSystem } from '../permissions/access.declarations';
import { ExternalJobsService } from './external-jobs.service';

/** Ours, beside oVirt's names: there a job that is stuck can only be looked at. */
@Controller('api/clinker/jobs')
export class JobRetriesController {
  constructor(private readonly jobs: ExternalJobsService) {}

  /** For who has mended what a job waits for, and does not want to wait for its next attempt. */
  @Action(':id/retry')
  @Needs('inject_external_tasks', onSystem)
  async retry(@Id('id') id: string): Promise<Reply> {
    await this.jobs.retry(id);
    return action(null, 'complete');
  }
}

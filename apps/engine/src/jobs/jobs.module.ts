import { Module } from '@nestjs/common';
import { ExternalJobsController } from './external-jobs.controller';
import { ExternalJobsService } from './external-jobs.service';
import { JobRetriesController } from './job-retries.controller';
import { JobsController } from './jobs.controller';
import { JobsService } from './jobs.service';

/** What runs, ran, and how far it is. */
@Module({ providers: [JobsService, ExternalJobsService], controllers: [JobsController, ExternalJobsController, JobRetriesController] })
export class JobsModule {}

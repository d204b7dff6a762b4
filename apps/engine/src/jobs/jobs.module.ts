import { Module } from '@nestjs/common';
import { JobsController } from './jobs.controller';
import { JobsService } from './jobs.service';

/** What runs, ran, and how far it is. */
@Module({ providers: [JobsService], controllers: [JobsController] })
export class JobsModule {}

import { Module } from '@nestjs/common';
import { AbsentCollectionsController } from './absent-collections.controller';

/** What oVirt has and Clinker has nothing of. */
@Module({ controllers: [AbsentCollectionsController] })
export class AbsentCollectionsModule {}

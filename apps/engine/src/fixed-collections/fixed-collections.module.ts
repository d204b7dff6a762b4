import { Module } from '@nestjs/common';
import { FixedCollectionsController } from './fixed-collections.controller';

/** What oVirt has and Clinker has nothing of. */
@Module({ controllers: [FixedCollectionsController] })
export class FixedCollectionsModule {}

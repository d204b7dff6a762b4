import { Module } from '@nestjs/common';
import { AbsentPartsController } from './absent-parts.controller';
import { FixedCollectionsController } from './fixed-collections.controller';

/** What oVirt has and Clinker has nothing of. */
@Module({ controllers: [FixedCollectionsController, AbsentPartsController] })
export class FixedCollectionsModule {}

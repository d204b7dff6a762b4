import { Module } from '@nestjs/common';
import { AbsentPartsController } from './absent-parts.controller';
import { FixedCollectionsController } from './fixed-collections.controller';

/** What oVirt has and Clinker has nothing of. What is added to a part comes first: else it would be taken for an action of the object. */
@Module({ controllers: [AbsentPartsController, FixedCollectionsController] })
export class FixedCollectionsModule {}

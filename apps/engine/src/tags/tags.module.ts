import { Module } from '@nestjs/common';
import { AssignedTagsController } from './assigned-tags.controller';
import { AssignedTagsService } from './assigned-tags.service';
import { TagsController } from './tags.controller';
import { TagsService } from './tags.service';

/** Marks that users put on objects. */
@Module({ providers: [TagsService, AssignedTagsService], controllers: [TagsController, AssignedTagsController] })
export class TagsModule {}

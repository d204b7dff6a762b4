import { Module } from '@nestjs/common';
import { AssignedTagsController } from './assigned-tags.controller';
import { AssignedTagsService } from './assigned-tags.service';
import { TagFollowers } from './tag.followers';
import { TagsController } from './tags.controller';
import { TagsService } from './tags.service';

/** Marks that users put on objects. */
@Module({ providers: [TagsService, AssignedTagsService, TagFollowers], controllers: [TagsController, AssignedTagsController] })
export class TagsModule {}

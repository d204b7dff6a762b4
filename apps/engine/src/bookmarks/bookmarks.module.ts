import { Module } from '@nestjs/common';
import { BookmarksController } from './bookmarks.controller';
import { BookmarksService } from './bookmarks.service';

/** Searches that users want to find again. */
@Module({ providers: [BookmarksService], controllers: [BookmarksController] })
export class BookmarksModule {}

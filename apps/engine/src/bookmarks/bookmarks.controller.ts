import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { Api, type ApiRequest } from '../http/api-request';
import { Id, Input } from '../http/input';
import { listReply } from '../http/list-reply';
import { type Reply, action, created, ok } from '../http/reply';
import { LoggedIn, Needs, onSystem } from '../permissions/access.declarations';
import { type ChangedBookmark, type NewBookmark, changedBookmark, newBookmark } from './bookmark.input';
import { bookmarkRepresentation } from './bookmark.representation';
import { BookmarksService } from './bookmarks.service';

@Controller('api/bookmarks')
export class BookmarksController {
  constructor(private readonly bookmarks: BookmarksService) {}

  @Get()
  @LoggedIn()
  async list(@Api() api: ApiRequest): Promise<Reply> {
    return listReply('bookmarks', await this.bookmarks.list(), (one) => bookmarkRepresentation(one, api.links));
  }

  @Post()
  @Needs('bookmark_management', onSystem)
  async add(
    @Input({ element: 'bookmark', schema: newBookmark, method: 'add' }) input: NewBookmark,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return created('bookmark', bookmarkRepresentation(await this.bookmarks.add(input), api.links));
  }

  @Get(':id')
  @LoggedIn()
  async get(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('bookmark', bookmarkRepresentation(await this.bookmarks.get(id), api.links));
  }

  @Put(':id')
  @Needs('bookmark_management', onSystem)
  async update(
    @Id('id') id: string,
    @Input({ element: 'bookmark', schema: changedBookmark, method: 'update' }) input: ChangedBookmark,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return ok('bookmark', bookmarkRepresentation(await this.bookmarks.update(id, input), api.links));
  }

  @Delete(':id')
  @Needs('bookmark_management', onSystem)
  async remove(@Id('id') id: string): Promise<Reply> {
    await this.bookmarks.remove(id);
    return action(null, 'complete');
  }
}

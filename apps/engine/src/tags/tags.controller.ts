import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { Api, type ApiRequest } from '../http/api-request';
import { Id, Input } from '../http/input';
import { listReply } from '../http/list-reply';
import { type Reply, action, created, ok } from '../http/reply';
import { LoggedIn, Needs, onSystem } from '../permissions/access.declarations';
import { type ChangedTag, type NewTag, changedTag, newTag } from './tag.input';
import { tagRepresentation } from './tag.representation';
import { TagsService } from './tags.service';

@Controller('api/tags')
export class TagsController {
  constructor(private readonly tags: TagsService) {}

  @Get()
  @LoggedIn()
  async list(@Api() api: ApiRequest): Promise<Reply> {
    return listReply('tags', await this.tags.list(), (one) => tagRepresentation(one, api.links));
  }

  @Post()
  @Needs('tag_management', onSystem)
  async add(@Input({ element: 'tag', schema: newTag, method: 'add' }) input: NewTag, @Api() api: ApiRequest): Promise<Reply> {
    return created('tag', tagRepresentation(await this.tags.add(input), api.links));
  }

  @Get(':id')
  @LoggedIn()
  async get(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('tag', tagRepresentation(await this.tags.get(id), api.links));
  }

  @Put(':id')
  @Needs('tag_management', onSystem)
  async update(
    @Id('id') id: string,
    @Input({ element: 'tag', schema: changedTag, method: 'update' }) input: ChangedTag,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return ok('tag', tagRepresentation(await this.tags.update(id, input), api.links));
  }

  @Delete(':id')
  @Needs('tag_management', onSystem)
  async remove(@Id('id') id: string): Promise<Reply> {
    await this.tags.remove(id);
    return action(null, 'complete');
  }
}

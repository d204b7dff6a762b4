import { Controller, Delete, Get, Post } from '@nestjs/common';
import { Api, type ApiRequest } from '../http/api-request';
import { emptyCollection } from '../http/empty-collection';
import { Id, Input } from '../http/input';
import { type Reply, action, created, ok } from '../http/reply';
import { Searches } from '../http/own.parameters';
import { Administrators, LoggedIn, Needs, onSystem } from '../permissions/access.declarations';
import { listQuery } from '../search/list-query';
import { DirectoriesService } from './directories.service';
import { GroupsService } from './groups.service';
import { type NewGroup, newGroup } from './user.input';
import { emptyGroupCollections, groupRepresentation, listOf } from './user.representation';

/** The groups that are known here. */
@Controller('api/groups')
export class GroupsController {
  constructor(
    private readonly groups: GroupsService,
    private readonly directories: DirectoriesService,
  ) {}

  @Get()
  @Searches()
  @Administrators()
  async list(@Api() api: ApiRequest): Promise<Reply> {
    const found = await this.groups.list(listQuery(api));
    return ok(
      'groups',
      listOf('groups', found, (one) => groupRepresentation(one, api.links)),
    );
  }

  @Post()
  @Needs('manipulate_users', onSystem)
  async add(@Input({ element: 'group', schema: newGroup, method: 'add' }) input: NewGroup, @Api() api: ApiRequest): Promise<Reply> {
    const group = await this.groups.add(input.name, this.directories.referred(input.domain), api.caller);
    return created('group', groupRepresentation(group, api.links));
  }

  @Get(':id')
  @LoggedIn()
  async get(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('group', groupRepresentation(await this.groups.get({ id }), api.links));
  }

  @Delete(':id')
  @Needs('manipulate_users', onSystem)
  async remove(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    await this.groups.remove(id, api.caller);
    return action(null, 'complete');
  }

  @Get(Object.keys(emptyGroupCollections).map((segment) => `:id/${segment}`))
  @Administrators()
  async empty(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    await this.groups.get({ id });
    return emptyCollection(api, emptyGroupCollections);
  }
}

import { type ReferenceInput, reference } from '@clinker/ovirt-api';
import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { Api, type ApiRequest } from '../http/api-request';
import { emptyCollection } from '../http/empty-collection';
import { Id, Input } from '../http/input';
import { type Reply, action, created, ok } from '../http/reply';
import { Searches } from '../http/own.parameters';
import { Lists, Needs, Reads, onSystem } from '../permissions/access.declarations';
import { listQuery } from '../search/list-query';
import { DirectoriesService } from './directories.service';
import { GroupsService } from './groups.service';
import { type ChangedUser, type NewUser, changedUser, newUser } from './user.input';
import { emptyUserCollections, groupRepresentation, listOf, userRepresentation } from './user.representation';
import { UsersService } from './users.service';

/** The users that are known here, with their groups. Roles, permissions, tags and what users keep for themselves are served by others. */
@Controller('api/users')
export class UsersController {
  constructor(
    private readonly users: UsersService,
    private readonly groups: GroupsService,
    private readonly directories: DirectoriesService,
  ) {}

  @Get()
  @Searches()
  @Lists('user')
  async list(@Api() api: ApiRequest): Promise<Reply> {
    const found = await this.users.list(listQuery(api));
    return ok(
      'users',
      listOf('users', found, (one) => userRepresentation(one, api.links)),
    );
  }

  @Post()
  @Needs('manipulate_users', onSystem)
  async add(@Input({ element: 'user', schema: newUser, method: 'add' }) input: NewUser, @Api() api: ApiRequest): Promise<Reply> {
    const { user_name: name, domain, ...settable } = input;
    const user = await this.users.add(this.directories.place(name, domain), settable, api.caller);
    return created('user', userRepresentation(user, api.links));
  }

  @Get(':id')
  @Reads('user')
  async get(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('user', userRepresentation(await this.users.get(id), api.links));
  }

  @Put(':id')
  @Needs('manipulate_users', onSystem)
  async update(
    @Id('id') id: string,
    @Input({ element: 'user', schema: changedUser, method: 'update' }) input: ChangedUser,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return ok('user', userRepresentation(await this.users.update(id, input, api.caller), api.links));
  }

  @Delete(':id')
  @Needs('manipulate_users', onSystem)
  async remove(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    await this.users.remove(id, api.caller);
    return action(null, 'complete');
  }

  @Get(':id/groups')
  @Reads('user')
  async listGroups(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    const found = await this.groups.listOf(id);
    return ok(
      'groups',
      listOf('groups', found, (one) => groupRepresentation(one, api.links)),
    );
  }

  @Get(Object.keys(emptyUserCollections).map((segment) => `:id/${segment}`))
  @Reads('user')
  async empty(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    await this.users.get(id);
    return emptyCollection(api, emptyUserCollections);
  }

  /** Not in oVirt's model, where a directory decides who is in which group: here the API does. */
  @Post(':id/groups')
  @Needs('manipulate_users', onSystem)
  async join(
    @Id('id') id: string,
    @Input({ element: 'group', schema: reference, method: 'add' }) input: ReferenceInput,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return created('group', groupRepresentation(await this.groups.join(id, input, api.caller), api.links));
  }

  @Get(':id/groups/:group')
  @Reads('user')
  async getGroup(@Id('id') id: string, @Id('group') group: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('group', groupRepresentation(await this.groups.getOf(id, group), api.links));
  }

  @Delete(':id/groups/:group')
  @Needs('manipulate_users', onSystem)
  async leave(@Id('id') id: string, @Id('group') group: string, @Api() api: ApiRequest): Promise<Reply> {
    await this.groups.leave(id, group, api.caller);
    return action(null, 'complete');
  }
}

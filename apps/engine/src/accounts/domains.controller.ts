import { Controller, Get, Param } from '@nestjs/common';
import { Api, type ApiRequest } from '../http/api-request';
import { Id } from '../http/input';
import { type Reply, ok } from '../http/reply';
import { Searches } from '../http/own.parameters';
import { Administrators, LoggedIn } from '../permissions/access.declarations';
import { listQuery } from '../search/list-query';
import { DirectoriesService } from './directories.service';
import { GroupsService } from './groups.service';
import { domainRepresentation, groupInDirectory, listOf, userInDirectory } from './user.representation';
import { UsersService } from './users.service';

/** The directories from which users and groups come: the built-in one, and that of the OpenID provider. Of the latter those are shown that are known here. */
@Controller('api/domains')
export class DomainsController {
  constructor(
    private readonly users: UsersService,
    private readonly groups: GroupsService,
    private readonly directories: DirectoriesService,
  ) {}

  @Get()
  @LoggedIn()
  list(@Api() api: ApiRequest): Reply {
    return ok(
      'domains',
      listOf('domains', this.directories.all, (one) => domainRepresentation(one, api.links)),
    );
  }

  @Get(':domain')
  @LoggedIn()
  get(@Param('domain') domain: string, @Api() api: ApiRequest): Reply {
    return ok('domain', domainRepresentation(this.directories.get(domain), api.links));
  }

  @Get(':domain/users')
  @Searches()
  @Administrators()
  async listUsers(@Param('domain') domain: string, @Api() api: ApiRequest): Promise<Reply> {
    const found = await this.users.list(listQuery(api), this.directories.get(domain));
    return ok(
      'users',
      listOf('users', found, (one) => userInDirectory(one, api.links)),
    );
  }

  @Get(':domain/users/:id')
  @Administrators()
  async getUser(@Param('domain') domain: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('user', userInDirectory(await this.users.getIn(this.directories.get(domain), id), api.links));
  }

  @Get(':domain/groups')
  @Searches()
  @Administrators()
  async listGroups(@Param('domain') domain: string, @Api() api: ApiRequest): Promise<Reply> {
    const found = await this.groups.list(listQuery(api), this.directories.get(domain));
    return ok(
      'groups',
      listOf('groups', found, (one) => groupInDirectory(one, api.links)),
    );
  }

  @Get(':domain/groups/:id')
  @Administrators()
  async getGroup(@Param('domain') domain: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('group', groupInDirectory(await this.groups.getIn(this.directories.get(domain), id), api.links));
  }
}

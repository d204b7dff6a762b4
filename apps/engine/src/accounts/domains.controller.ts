import { Controller, Get, Param } from '@nestjs/common';
import { Api, type ApiRequest } from '../http/api-request';
import { Id } from '../http/input';
import { type Reply, ok } from '../http/reply';
import { Administrators, LoggedIn } from '../permissions/access.declarations';
import { listQuery } from '../search/list-query';
import { GroupsService } from './groups.service';
import { requireInternalDomainId } from './internal.domain';
import { domainRepresentation, groupRepresentation, inDirectory, listOf, userRepresentation } from './user.representation';
import { UsersService } from './users.service';

/** The directories from which users and groups come: the built-in one. */
@Controller('api/domains')
export class DomainsController {
  constructor(
    private readonly users: UsersService,
    private readonly groups: GroupsService,
  ) {}

  @Get()
  @LoggedIn()
  list(@Api() api: ApiRequest): Reply {
    return ok('domains', listOf('domains', [api.links], domainRepresentation));
  }

  @Get(':domain')
  @LoggedIn()
  get(@Param('domain') domain: string, @Api() api: ApiRequest): Reply {
    requireInternalDomainId(domain);
    return ok('domain', domainRepresentation(api.links));
  }

  @Get(':domain/users')
  @Administrators()
  async listUsers(@Param('domain') domain: string, @Api() api: ApiRequest): Promise<Reply> {
    requireInternalDomainId(domain);
    const found = await this.users.list(listQuery(api));
    return ok(
      'users',
      listOf('users', found, (one) => inDirectory(userRepresentation(one, api.links), 'users', api.links)),
    );
  }

  @Get(':domain/users/:id')
  @Administrators()
  async getUser(@Param('domain') domain: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    requireInternalDomainId(domain);
    return ok('user', inDirectory(userRepresentation(await this.users.get(id), api.links), 'users', api.links));
  }

  @Get(':domain/groups')
  @Administrators()
  async listGroups(@Param('domain') domain: string, @Api() api: ApiRequest): Promise<Reply> {
    requireInternalDomainId(domain);
    const found = await this.groups.list(listQuery(api));
    return ok(
      'groups',
      listOf('groups', found, (one) => inDirectory(groupRepresentation(one, api.links), 'groups', api.links)),
    );
  }

  @Get(':domain/groups/:id')
  @Administrators()
  async getGroup(@Param('domain') domain: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    requireInternalDomainId(domain);
    return ok('group', inDirectory(groupRepresentation(await this.groups.get({ id }), api.links), 'groups', api.links));
  }
}

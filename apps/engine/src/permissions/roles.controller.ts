import { collection } from '@clinker/ovirt-api';
import { Controller, Delete, Get, Param, Post, Put } from '@nestjs/common';
import { Api, type ApiRequest } from '../http/api-request';
import { Id, Input } from '../http/input';
import { type Reply, action, created, ok } from '../http/reply';
import { Searches } from '../http/own.parameters';
import { listQuery } from '../search/list-query';
import { LoggedIn, Needs, onSystem } from './access.declarations';
import { type ChangedRole, type NewRole, type PermitReference, changedRole, newRole, permitReference } from './role.input';
import { permitRepresentation, roleRepresentation } from './role.representation';
import { RolesService } from './roles.service';

const permitsOf = (id: string): string => `roles/${id}/permits`;

@Controller('api/roles')
export class RolesController {
  constructor(private readonly roles: RolesService) {}

  @Get()
  @Searches()
  @LoggedIn()
  async list(@Api() api: ApiRequest): Promise<Reply> {
    const found = await this.roles.list(listQuery(api));
    return ok(
      'roles',
      collection(
        'roles',
        found.map((one) => roleRepresentation(one, api.links)),
      ),
    );
  }

  @Post()
  @Needs('manipulate_roles', onSystem)
  async add(@Input({ element: 'role', schema: newRole, method: 'add' }) input: NewRole, @Api() api: ApiRequest): Promise<Reply> {
    return created('role', roleRepresentation(await this.roles.add(input), api.links));
  }

  @Get(':id')
  @LoggedIn()
  async get(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('role', roleRepresentation(await this.roles.get(id), api.links));
  }

  @Put(':id')
  @Needs('manipulate_roles', onSystem)
  async update(
    @Id('id') id: string,
    @Input({ element: 'role', schema: changedRole, method: 'update' }) input: ChangedRole,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return ok('role', roleRepresentation(await this.roles.update(id, input), api.links));
  }

  @Delete(':id')
  @Needs('manipulate_roles', onSystem)
  async remove(@Id('id') id: string): Promise<Reply> {
    await this.roles.remove(id);
    return action(null, 'complete');
  }

  @Get(':id/permits')
  @LoggedIn()
  async permits(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    const found = await this.roles.permits(id);
    return ok(
      'permits',
      collection(
        'permits',
        found.map((permit) => permitRepresentation(permit, api.links, permitsOf(id))),
      ),
    );
  }

  @Post(':id/permits')
  @Needs('manipulate_roles', onSystem)
  async addPermit(
    @Id('id') id: string,
    @Input({ element: 'permit', schema: permitReference, method: 'add' }) input: PermitReference,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return created('permit', permitRepresentation(await this.roles.addPermit(id, input), api.links, permitsOf(id)));
  }

  @Get(':id/permits/:permit')
  @LoggedIn()
  async permit(@Id('id') id: string, @Param('permit') permitId: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('permit', permitRepresentation(await this.roles.permitOf(id, permitId), api.links, permitsOf(id)));
  }

  @Delete(':id/permits/:permit')
  @Needs('manipulate_roles', onSystem)
  async removePermit(@Id('id') id: string, @Param('permit') permitId: string): Promise<Reply> {
    await this.roles.removePermit(id, permitId);
    return action(null, 'complete');
  }
}

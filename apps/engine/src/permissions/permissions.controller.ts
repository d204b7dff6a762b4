import { collection } from '@clinker/ovirt-api';
import { Controller, Delete, Get, Post } from '@nestjs/common';
import { Api, type ApiRequest } from '../http/api-request';
import { Id, Input } from '../http/input';
import { type Reply, action, created, ok } from '../http/reply';
import { LoggedIn, ServiceChecks } from './access.declarations';
import { SYSTEM } from './object.tree';
import { permissionRepresentation } from './permission.representation';
import { PermissionsService, principalOf } from './permissions.service';
import { type NewPermission, newPermission } from './role.input';

/** The permissions on the system. Each caller finds at least his own. */
@Controller('api/permissions')
export class PermissionsController {
  constructor(private readonly permissions: PermissionsService) {}

  @Get()
  @LoggedIn()
  async list(@Api() api: ApiRequest): Promise<Reply> {
    const found = await this.permissions.list(SYSTEM, api.caller.id);
    return ok(
      'permissions',
      collection(
        'permissions',
        found.map((one) => permissionRepresentation(one, api)),
      ),
    );
  }

  @Post()
  @ServiceChecks('manipulate_permissions')
  async add(
    @Input({ element: 'permission', schema: newPermission, method: 'add' }) input: NewPermission,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    const grant = { role: input.role, principal: principalOf(input), object: SYSTEM };
    return created('permission', permissionRepresentation(await this.permissions.grant(grant, api.caller.id), api));
  }

  @Get(':id')
  @LoggedIn()
  async get(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('permission', permissionRepresentation(await this.permissions.get(SYSTEM, id, api.caller.id), api));
  }

  @Delete(':id')
  @ServiceChecks('manipulate_permissions')
  async remove(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    await this.permissions.revoke(id, api.caller.id);
    return action(null, 'complete');
  }
}

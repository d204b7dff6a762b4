import { collection } from '@clinker/ovirt-api';
import { Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { NotFoundError } from '../errors/domain.errors';
import { Api, type ApiRequest } from '../http/api-request';
import { Id, Input } from '../http/input';
import { type Reply, action, created, ok } from '../http/reply';
import { Administrators, Reads, ServiceChecks } from './access.declarations';
import { type PlaceReference, SYSTEM, placeTypes } from './object.tree';
import { permissionRepresentation } from './permission.representation';
import { PermissionsService, type Principal } from './permissions.service';
import { type NewPermissionOfPrincipal, newPermissionOfPrincipal } from './role.input';
import { permitRepresentation, roleRepresentation } from './role.representation';
import { RolesService } from './roles.service';

const PERMISSION = { element: 'permission', schema: newPermissionOfPrincipal, method: 'add' } as const;

function objectIn(input: NewPermissionOfPrincipal): PlaceReference {
  const type = placeTypes.find((one) => input[one] !== undefined);
  const id = type && input[type]?.id;
  return type && id !== undefined ? { type, id } : SYSTEM;
}

const principalIn = ({ target }: ApiRequest, id: string): Principal =>
  target.path.startsWith('/users/') ? { accountId: id } : { groupId: id };

const homeIn = ({ target }: ApiRequest): string => target.path.split('/').slice(1, 4).join('/');

/** The permissions and the roles of a user or group, from their side. */
@Controller('api')
export class PrincipalPermissionsController {
  constructor(
    private readonly permissions: PermissionsService,
    private readonly roles: RolesService,
  ) {}

  @Get('users/:id/permissions')
  @Reads('user')
  ofUser(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return this.listOf(id, api);
  }

  @Get('groups/:id/permissions')
  @Administrators()
  ofGroup(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return this.listOf(id, api);
  }

  @Get('users/:id/permissions/:permission')
  @Reads('user')
  oneOfUser(@Id('id') id: string, @Id('permission') permission: string, @Api() api: ApiRequest): Promise<Reply> {
    return this.oneOf(id, permission, api);
  }

  @Get('groups/:id/permissions/:permission')
  @Administrators()
  oneOfGroup(@Id('id') id: string, @Id('permission') permission: string, @Api() api: ApiRequest): Promise<Reply> {
    return this.oneOf(id, permission, api);
  }

  @Post(['users/:id/permissions', 'groups/:id/permissions'])
  @ServiceChecks('manipulate_permissions')
  async add(@Id('id') id: string, @Input(PERMISSION) input: NewPermissionOfPrincipal, @Api() api: ApiRequest): Promise<Reply> {
    const grant = { role: input.role, principal: principalIn(api, id), object: objectIn(input) };
    return created('permission', permissionRepresentation(await this.permissions.grant(grant, api.caller.id), api));
  }

  @Delete(['users/:id/permissions/:permission', 'groups/:id/permissions/:permission'])
  @ServiceChecks('manipulate_permissions')
  async remove(@Id('id') id: string, @Id('permission') permission: string, @Api() api: ApiRequest): Promise<Reply> {
    const found = (await this.permissions.listOf([id])).find((one) => one.id === permission);
    if (!found) throw new NotFoundError('Permission', permission);
    await this.permissions.revoke(permission, api.caller.id);
    return action(null, 'complete');
  }

  @Get('users/:id/roles')
  @Reads('user')
  rolesOfUser(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return this.rolesOf(id, api);
  }

  @Get('groups/:id/roles')
  @Administrators()
  rolesOfGroup(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return this.rolesOf(id, api);
  }

  @Get(['users/:id/roles/:role', 'groups/:id/roles/:role'])
  @Administrators()
  async role(@Id('id') id: string, @Id('role') roleId: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('role', roleRepresentation(await this.held(id, roleId, api), api.links, homeIn(api)));
  }

  @Get(['users/:id/roles/:role/permits', 'groups/:id/roles/:role/permits'])
  @Administrators()
  async permits(@Id('id') id: string, @Id('role') roleId: string, @Api() api: ApiRequest): Promise<Reply> {
    const { id: role } = await this.held(id, roleId, api);
    const found = await this.roles.permits(role);
    return ok(
      'permits',
      collection(
        'permits',
        found.map((permit) => permitRepresentation(permit, api.links, `roles/${role}/permits`)),
      ),
    );
  }

  @Get(['users/:id/roles/:role/permits/:permit', 'groups/:id/roles/:role/permits/:permit'])
  @Administrators()
  async permit(
    @Id('id') id: string,
    @Id('role') roleId: string,
    @Param('permit') permitId: string,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    const { id: role } = await this.held(id, roleId, api);
    return ok('permit', permitRepresentation(await this.roles.permitOf(role, permitId), api.links, `roles/${role}/permits`));
  }

  private async listOf(id: string, api: ApiRequest): Promise<Reply> {
    const found = await this.permissions.listOf([...(await this.permissions.principalsOf(principalIn(api, id)))]);
    return ok(
      'permissions',
      collection(
        'permissions',
        found.map((one) => permissionRepresentation(one, api)),
      ),
    );
  }

  private async oneOf(id: string, permission: string, api: ApiRequest): Promise<Reply> {
    const principals = await this.permissions.principalsOf(principalIn(api, id));
    const found = (await this.permissions.listOf(principals)).find((one) => one.id === permission);
    if (!found) throw new NotFoundError('Permission', permission);
    return ok('permission', permissionRepresentation(found, api));
  }

  private async rolesOf(id: string, api: ApiRequest): Promise<Reply> {
    const found = await this.permissions.rolesOf(await this.permissions.principalsOf(principalIn(api, id)));
    return ok(
      'roles',
      collection(
        'roles',
        found.map((one) => roleRepresentation(one, api.links, homeIn(api))),
      ),
    );
  }

  private async held(id: string, roleId: string, api: ApiRequest) {
    const role = (await this.permissions.rolesOf(await this.permissions.principalsOf(principalIn(api, id)))).find(
      (one) => one.id === roleId,
    );
    if (!role) throw new NotFoundError('Role', roleId);
    return role;
  }
}

import { collection } from '@clinker/ovirt-api';
import { Controller, Delete, Get, Post } from '@nestjs/common';
import { Api, type ApiRequest } from '../http/api-request';
import { Id, Input } from '../http/input';
import { type Reply, action, created, ok } from '../http/reply';
import { ReadsPlace, ServiceChecks, onPlace } from './access.declarations';
import { type PlaceReference, PLACES, type PlaceType, placeTypes } from './object.tree';
import { permissionRepresentation } from './permission.representation';
import { PermissionsService, principalOf } from './permissions.service';
import { type NewPermission, newPermission } from './role.input';

const BELOW_DATA_CENTERS = ['storage_domain', 'network', 'quota'] as const satisfies readonly PlaceType[];

const COLLECTIONS = [
  ...placeTypes.filter((type) => type !== 'quota').map((type) => PLACES[type].collection),
  ...BELOW_DATA_CENTERS.map((type) => `datacenters/:dc/${PLACES[type].collection}`),
];

const placeOf = ({ target }: ApiRequest): PlaceReference => onPlace({ path: target.path, params: {} });

/** The permissions on an object, direct and inherited. */
@Controller(COLLECTIONS.map((one) => `api/${one}/:object/permissions`))
export class PlacePermissionsController {
  constructor(private readonly permissions: PermissionsService) {}

  @Get()
  @ReadsPlace()
  async list(@Id('object') _object: string, @Api() api: ApiRequest): Promise<Reply> {
    const found = await this.permissions.list(placeOf(api), api.caller.id);
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
    @Id('object') _object: string,
    @Input({ element: 'permission', schema: newPermission, method: 'add' }) input: NewPermission,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    const grant = { role: input.role, principal: principalOf(input), object: placeOf(api) };
    return created('permission', permissionRepresentation(await this.permissions.grant(grant, api.caller.id), api));
  }

  @Get(':id')
  @ReadsPlace()
  async get(@Id('object') _object: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('permission', permissionRepresentation(await this.permissions.get(placeOf(api), id, api.caller.id), api));
  }

  @Delete(':id')
  @ServiceChecks('manipulate_permissions')
  async remove(@Id('object') _object: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    await this.permissions.get(placeOf(api), id, api.caller.id);
    await this.permissions.revoke(id, api.caller.id);
    return action(null, 'complete');
  }
}

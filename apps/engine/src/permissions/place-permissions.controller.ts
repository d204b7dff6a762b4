import { collection } from '@clinker/ovirt-api';
import { Controller, Delete, Get, Post } from '@nestjs/common';
import { Followers } from '../follow/followers';
import { Api, type ApiRequest } from '../http/api-request';
import { Id, Input } from '../http/input';
import { type Reply, action, created, ok } from '../http/reply';
import { ReadsPlace, ServiceChecks, onPlace } from './access.declarations';
import { type PlaceReference, PLACES, type PlaceType, placeTypes } from './object.tree';
import { permissionRepresentation } from './permission.representation';
import { PermissionsService, principalOf } from './permissions.service';
import { type NewPermission, newPermission } from './role.input';

/** Quotas have no address but that below their data center. */
const AT_THE_TOP = placeTypes.filter((type) => type !== 'quota');

const BELOW_DATA_CENTERS = ['storage_domain', 'network', 'quota'] as const satisfies readonly PlaceType[];

const COLLECTIONS = [
  ...AT_THE_TOP.map((type) => PLACES[type].collection),
  ...BELOW_DATA_CENTERS.map((type) => `datacenters/:dc/${PLACES[type].collection}`),
];

/** Where lists are read with the permissions of all that is in them. Those of a quota have no address but the one at which they are asked for. */
const FOLLOWED = [
  ...AT_THE_TOP.map((type) => [type, PLACES[type].collection] as const),
  ...(['storage_domain', 'network'] as const).map((type) => [type, `datacenters/${PLACES[type].collection}`] as const),
];

const placeOf = ({ target }: ApiRequest): PlaceReference => onPlace({ path: target.path, params: {} });

/** The permissions on an object, direct and inherited. */
@Controller(COLLECTIONS.map((one) => `api/${one}/:object/permissions`))
export class PlacePermissionsController {
  constructor(
    private readonly permissions: PermissionsService,
    followers: Followers,
  ) {
    for (const [type, path] of FOLLOWED)
      followers.list(`${path}/permissions`, 'permissions', async (ids, api) => {
        const lists = await permissions.listsOf(type, [...new Set(ids)], api.caller.id);
        return new Map([...lists].map(([id, found]) => [id, found.map((one) => permissionRepresentation(one, api))]));
      });
  }

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

import type { WireObject } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { rowsByIds } from '../database/rows.by-ids';
import { Followers, type LoadLists, listsOf } from '../follow/followers';
import { type Holders, heldPermissions, heldRoles } from './held.permissions';
import { Role, RolePermit } from './permission.entity';
import { permissionRepresentation } from './permission.representation';
import { permitRepresentation, roleRepresentation } from './role.representation';
import { byNumber } from './permit.catalog';

/** Makes roles, and what users and groups have, known to `follow`. What groups have is shown to who sees everything, as where it is read. */
@Injectable()
export class RoleFollowers {
  constructor(
    private readonly db: EntityManager,
    private readonly followers: Followers,
  ) {
    followers.objects('roles', async (ids, { links }) => (await rowsByIds(db, Role, ids)).map((one) => roleRepresentation(one, links)));
    this.held('users', (load) => load);
    this.held('groups', (load) => (ids, api) => (api.viewer ? Promise.resolve(new Map()) : load(ids, api)));
    for (const roles of ['roles', 'users/roles', 'groups/roles']) this.permits(roles);
  }

  private held(holders: Holders, within: (load: LoadLists) => LoadLists): void {
    const { db, followers } = this;
    const permissions: LoadLists = async (ids, { links, target }) => {
      const at = (id: string) => ({ links, target: { ...target, path: `/${holders}/${id}/permissions` } });
      return represented(await heldPermissions(db, holders, ids), (one, id) => permissionRepresentation(one, at(id)));
    };
    const roles: LoadLists = async (ids, { links }) =>
      represented(await heldRoles(db, holders, ids), (one, id) => roleRepresentation(one, links, `${holders}/${id}/roles`));
    followers.list(`${holders}/permissions`, 'permissions', within(permissions));
    followers.list(`${holders}/roles`, 'roles', within(roles));
  }

  private permits(roles: string): void {
    this.followers.list(`${roles}/permits`, 'permits', async (ids, { links }) =>
      listsOf(
        (await rowsByIds(this.db, RolePermit, ids, 'roleId')).sort((a, b) => byNumber(a.permit, b.permit)),
        ({ roleId }) => roleId,
        ({ roleId, permit }) => permitRepresentation(permit, links, `roles/${roleId}/permits`),
      ),
    );
  }
}

const represented = <T>(
  lists: ReadonlyMap<string, readonly T[]>,
  represent: (one: T, id: string) => WireObject,
): Map<string, WireObject[]> => new Map([...lists].map(([id, found]) => [id, found.map((one) => represent(one, id))]));

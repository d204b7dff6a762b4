import type { Links, WireObject } from '@clinker/ovirt-api';
import { PLACES } from './object.tree';
import type { Permission } from './permission.entity';

/** The collection in which a permission really is: that of its object. */
const homeOf = ({ objectType, objectId }: Permission): string =>
  objectType === 'system' ? 'permissions' : `${PLACES[objectType].collection}/${objectId}/permissions`;

/** A permission as oVirt shows it. An inherited one shows where it comes from. */
export function permissionRepresentation(permission: Permission, links: Links): WireObject {
  const { id, roleId, accountId, groupId, objectType, objectId } = permission;
  return {
    ...links.reference(homeOf(permission), id),
    role: links.reference('roles', roleId),
    ...(accountId === null ? {} : { user: links.reference('users', accountId) }),
    ...(groupId === null ? {} : { group: links.reference('groups', groupId) }),
    ...(objectType === 'system' ? {} : { [objectType]: links.reference(PLACES[objectType].collection, objectId) }),
  };
}

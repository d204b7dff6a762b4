import type { WireObject } from '@clinker/ovirt-api';
import type { ApiRequest } from '../http/api-request';
import { PLACES } from './object.tree';
import type { Permission } from './permission.entity';

/** On what else a permission is, oVirt shows by its address only. */
const NAMED: readonly string[] = ['data_center', 'cluster', 'host', 'storage_domain', 'disk', 'vm', 'vm_pool', 'template'];

/** A quota has an address below its data center only: a permission on one is where it was asked for, there or at its user or group. */
const askedAt = ({ path }: ApiRequest['target']): string => path.slice(1).replace(/\/permissions\/.*$/, '/permissions');

/** The collection in which a permission really is: that of its object. */
function homeOf({ objectType, objectId }: Permission, target: ApiRequest['target']): string {
  if (objectType === 'system') return 'permissions';
  return objectType === 'quota' ? askedAt(target) : `${PLACES[objectType].collection}/${objectId}/permissions`;
}

/** A permission as oVirt shows it. An inherited one shows where it comes from. */
export function permissionRepresentation(permission: Permission, { links, target }: Pick<ApiRequest, 'links' | 'target'>): WireObject {
  const { id, roleId, accountId, groupId, objectType, objectId } = permission;
  return {
    ...links.reference(homeOf(permission, target), id),
    role: links.reference('roles', roleId),
    ...(accountId === null ? {} : { user: links.reference('users', accountId) }),
    ...(groupId === null ? {} : { group: links.reference('groups', groupId) }),
    ...(objectType === 'system' || !NAMED.includes(objectType)
      ? {}
      : { [objectType]: links.reference(PLACES[objectType].collection, objectId) }),
  };
}

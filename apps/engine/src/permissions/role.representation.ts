import type { Links, WireObject } from '@clinker/ovirt-api';
import { PERMITS, type Permit } from './permit.catalog';
import type { Role } from './permission.entity';

/** A role as oVirt shows it. @param collection where it was asked for: `roles`, or `users/ID/roles` */
export function roleRepresentation(role: Role, links: Links, collection = 'roles'): WireObject {
  const identity = links.reference(collection, role.id);
  return {
    ...identity,
    name: role.name,
    description: role.description,
    link: links.subCollections(identity.href, ['permits']),
    administrative: role.administrative,
    mutable: !role.predefined,
  };
}

/** A permit of a role, or of a cluster level: `roles/ID/permits`, `clusterlevels/4.4/permits`. */
export function permitRepresentation(permit: Permit, links: Links, collection: string): WireObject {
  const { id, administrative } = PERMITS[permit];
  const [owner, ownerId = ''] = collection.split('/');
  return {
    ...links.reference(collection, String(id)),
    name: permit,
    administrative,
    ...(owner === 'roles' ? { role: links.reference('roles', ownerId) } : {}),
  };
}

import type { Links, WireObject } from '@clinker/ovirt-api';
import type { AuthenticationKey } from './authentication-key.entity';

/** A key as oVirt shows it: never with its value. */
export function authenticationKeyRepresentation(key: Omit<AuthenticationKey, 'valueSealed'>, links: Links): WireObject {
  return {
    ...links.reference(`openstackvolumeproviders/${key.providerId}/authenticationkeys`, key.id),
    description: key.description,
    creation_date: key.creationDate,
    usage_type: key.usageType,
    uuid: key.id,
    openstack_volume_provider: links.reference('openstackvolumeproviders', key.providerId),
  };
}

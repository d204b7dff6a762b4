import type { Links, WireObject } from '@clinker/ovirt-api';
import type { VolumeProvider } from './volume-provider.entity';

/** A provider with the data center to which its domain is attached. */
export interface VolumeProviderView extends VolumeProvider {
  readonly dataCenterId: string | null;
}

/** A provider as oVirt shows it: never with its password. */
export function volumeProviderRepresentation(provider: VolumeProviderView, links: Links): WireObject {
  const identity = links.reference('openstackvolumeproviders', provider.id);
  return {
    ...identity,
    actions: links.actions(identity.href, ['importcertificates', 'testconnectivity']),
    name: provider.name,
    description: provider.description,
    link: links.subCollections(identity.href, ['authenticationkeys', 'certificates', 'volumetypes']),
    authentication_url: provider.authenticationUrl,
    properties: {
      property: [
        { name: 'user_domain_name', value: provider.userDomainName },
        { name: 'project_domain_name', value: provider.projectDomainName },
      ],
    },
    requires_authentication: provider.requiresAuthentication,
    url: provider.url,
    username: provider.username,
    tenant_name: provider.tenantName,
    data_center: provider.dataCenterId ? links.reference('datacenters', provider.dataCenterId) : undefined,
  };
}

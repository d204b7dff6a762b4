import type { VolumeType } from '@clinker/cinder';
import type { Links, WireObject } from '@clinker/ovirt-api';

/** One of Cinder's volume types as oVirt shows it; the extra specs are its properties. */
export function volumeTypeRepresentation(type: VolumeType, providerId: string, links: Links): WireObject {
  return {
    ...links.reference(`openstackvolumeproviders/${providerId}/volumetypes`, type.id),
    name: type.name,
    description: type.description ?? undefined,
    properties: { property: Object.entries(type.extraSpecs).map(([name, value]) => ({ name, value })) },
    openstack_volume_provider: links.reference('openstackvolumeproviders', providerId),
  };
}

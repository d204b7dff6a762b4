import type { VolumeType } from '@clinker/cinder';
import type { Links, WireObject } from '@clinker/ovirt-api';
import type { DomainCapacity } from '../storage-domains/domain.capacity';

/** A volume type, with the capacity of the pools where its volumes may be. */
export interface VolumeTypeView {
  readonly type: VolumeType;
  readonly capacity: DomainCapacity;
}

/** Ours, in bytes, beside Cinder's own: a domain with several back ends has room for one type and none for another. */
const capacityProperties = ({ availableBytes, usedBytes }: DomainCapacity): [string, string][] =>
  Object.entries({ 'clinker:available': availableBytes, 'clinker:used': usedBytes }).flatMap(([name, bytes]) =>
    bytes === null ? [] : [[name, String(bytes)] as [string, string]],
  );

/** One of Cinder's volume types as oVirt shows it; the extra specs are its properties, and what is known of its capacity. */
export function volumeTypeRepresentation({ type, capacity }: VolumeTypeView, providerId: string, links: Links): WireObject {
  const properties = [...Object.entries(type.extraSpecs), ...capacityProperties(capacity)];
  return {
    ...links.reference(`openstackvolumeproviders/${providerId}/volumetypes`, type.id),
    name: type.name,
    description: type.description ?? undefined,
    properties: { property: properties.map(([name, value]) => ({ name, value })) },
    openstack_volume_provider: links.reference('openstackvolumeproviders', providerId),
  };
}

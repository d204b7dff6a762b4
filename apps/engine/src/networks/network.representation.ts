import type { Links, WireObject } from '@clinker/ovirt-api';
import { NETWORK_FILTER_ID } from '../fixed-collections/fixed.collections';
import type { Network } from './network.entity';
import type { VnicProfile } from './vnic-profile.entity';

/** Sub-collections of a network that are empty here, by their path segment, with the element of each. */
export const emptyNetworkCollections = { networklabels: 'network_labels' } as const;

const described = (network: Network): WireObject => ({
  name: network.name,
  description: network.description,
  comment: network.comment,
  mtu: network.mtu,
  port_isolation: false,
  stp: network.stp,
  vdsm_name: network.name,
  vlan: network.vlanId === null ? undefined : { id: network.vlanId },
});

/** A network as oVirt shows it. */
export function networkRepresentation(network: Network, links: Links): WireObject {
  const identity = links.reference('networks', network.id);
  return {
    ...identity,
    link: links.subCollections(identity.href, ['networklabels', 'permissions', 'vnicprofiles']),
    ...described(network),
    usages: { usage: network.vmNetwork ? ['vm'] : [] },
    data_center: links.reference('datacenters', network.dataCenterId),
  };
}

/** A network below its data center. */
export function dataCenterNetworkRepresentation(network: Network, links: Links): WireObject {
  return { ...networkRepresentation(network, links), ...links.reference(`datacenters/${network.dataCenterId}/networks`, network.id) };
}

/** A network as a cluster of its data center has it; the management network serves for everything. */
export function clusterNetworkRepresentation(network: Network, clusterId: string, links: Links): WireObject {
  const roles = network.management ? ['default_route', 'display', 'management', 'migration'] : [];
  const vm = network.vmNetwork ? ['vm'] : [];
  return {
    ...links.reference(`clusters/${clusterId}/networks`, network.id),
    ...described(network),
    display: network.management,
    required: network.management,
    status: 'operational',
    usages: { usage: [...roles, ...vm] },
    cluster: links.reference('clusters', clusterId),
    data_center: links.reference('datacenters', network.dataCenterId),
  };
}

/** What a client may have given of a profile that changes nothing here. */
type ProfileSettings = WireObject & { readonly network_filter?: { readonly id?: string } };

/** A profile as oVirt shows it. */
export function vnicProfileRepresentation(profile: VnicProfile, links: Links): WireObject {
  const identity = links.reference('vnicprofiles', profile.id);
  const { network_filter: filter = { id: NETWORK_FILTER_ID }, ...rest } = profile.unapplied as ProfileSettings;
  return {
    ...identity,
    name: profile.name,
    description: profile.description,
    comment: profile.comment,
    link: links.subCollections(identity.href, ['permissions']),
    migratable: true,
    pass_through: { mode: 'disabled' },
    port_mirroring: profile.portMirroring,
    ...rest,
    network: links.reference('networks', profile.networkId),
    network_filter: filter.id === undefined ? undefined : links.reference('networkfilters', filter.id),
  };
}

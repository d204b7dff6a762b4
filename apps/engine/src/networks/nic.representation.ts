import type { Links, WireObject } from '@clinker/ovirt-api';
import type { Nic } from './nic.entity';

/** Sub-collections of an interface that are empty here, by their path segment, with the element of each. */
export const emptyNicCollections = {
  networkfilterparameters: 'network_filter_parameters',
  statistics: 'statistics',
} as const;

const SUB_COLLECTIONS = [...Object.keys(emptyNicCollections), 'reporteddevices'].sort();

/** An interface of a VM as oVirt shows it. */
export function nicRepresentation(nic: Omit<Nic, 'status'>, links: Links): WireObject {
  const identity = links.reference(`vms/${nic.vmId}/nics`, nic.id);
  return {
    ...identity,
    actions: links.actions(identity.href, ['activate', 'deactivate']),
    name: nic.name,
    link: links.subCollections(identity.href, SUB_COLLECTIONS),
    interface: nic.interface,
    linked: nic.linked,
    mac: { address: nic.mac },
    plugged: nic.plugged,
    synced: true,
    vm: links.reference('vms', nic.vmId),
    vnic_profile: nic.vnicProfileId === null ? undefined : links.reference('vnicprofiles', nic.vnicProfileId),
  };
}

import type { Links, WireObject } from '@clinker/ovirt-api';
import type { StorageDomain } from './storage-domain.entity';

/** A domain with what is counted from its disks. */
export interface StorageDomainView extends StorageDomain {
  /** Bytes that the disks promise together. */
  readonly committedBytes: number;
}

/** Sub-collections that are always empty here, by their path segment, with the element of each. The disks are served by disks/, their profiles by disk-profiles/. */
export const emptyStorageDomainCollections: Readonly<Record<string, string>> = {
  files: 'files',
  images: 'images',
  storageconnections: 'storage_connections',
  templates: 'templates',
  vms: 'vms',
};

/** oVirt's values for what does not apply to a Cinder domain. */
const FIXED: WireObject = {
  backup: false,
  block_size: 512,
  discard_after_delete: false,
  master: false,
  storage_format: 'v1',
  supports_discard: true,
  supports_discard_zeroes_data: false,
  wipe_after_delete: false,
};

const described = (domain: StorageDomainView): WireObject => ({
  name: domain.name,
  description: domain.description,
  comment: domain.comment,
  ...FIXED,
  available: domain.availableBytes,
  used: domain.usedBytes,
  committed: domain.committedBytes,
  critical_space_action_blocker: domain.criticalSpaceActionBlocker,
  external_status: domain.externalStatus,
  warning_low_space_indicator: domain.warningLowSpaceIndicator,
  storage: { type: domain.storageType },
  type: domain.type,
});

/** A domain at the top level. Its status is shown there only if it is unattached: clients rely on that. */
export function storageDomainRepresentation(domain: StorageDomainView, links: Links): WireObject {
  const identity = links.reference('storagedomains', domain.id);
  const { dataCenterId } = domain;
  return {
    ...identity,
    actions: links.actions(identity.href, ['isattached', 'reduceluns', 'refreshluns', 'updateovfstore']),
    link: links.subCollections(identity.href, [
      'diskprofiles',
      'disks',
      'disksnapshots',
      'permissions',
      ...Object.keys(emptyStorageDomainCollections),
    ]),
    ...described(domain),
    status: domain.status === 'unattached' ? domain.status : undefined,
    data_centers: dataCenterId ? { data_center: [links.reference('datacenters', dataCenterId)] } : undefined,
  };
}

/** A domain in its data center, with its status. */
export function attachedStorageDomainRepresentation(domain: StorageDomainView, dataCenterId: string, links: Links): WireObject {
  const identity = links.reference(`datacenters/${dataCenterId}/storagedomains`, domain.id);
  return {
    ...identity,
    actions: links.actions(identity.href, ['activate', 'deactivate']),
    link: links.subCollections(identity.href, ['disks']),
    ...described(domain),
    status: domain.status,
    data_center: links.reference('datacenters', dataCenterId),
    data_centers: { data_center: [links.reference('datacenters', dataCenterId)] },
  };
}

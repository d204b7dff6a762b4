import type { Links, WireObject } from '@clinker/ovirt-api';
import type { DiskProfile } from './disk-profile.entity';

/** Sub-collections of a profile that are empty here, by their path segment, with the element of each. */
export const emptyDiskProfileCollections = { permissions: 'permissions' } as const;

/** A profile as oVirt shows it. */
export function diskProfileRepresentation(profile: DiskProfile, links: Links): WireObject {
  const identity = links.reference('diskprofiles', profile.id);
  return {
    ...identity,
    name: profile.name,
    description: profile.description,
    comment: profile.comment,
    link: links.subCollections(identity.href, Object.keys(emptyDiskProfileCollections)),
    qos: profile.qosId === null ? undefined : { id: profile.qosId },
    storage_domain: links.reference('storagedomains', profile.storageDomainId),
  };
}

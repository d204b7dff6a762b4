import type { Links, WireObject } from '@clinker/ovirt-api';
import type { DiskProfile } from './disk-profile.entity';

/** A profile as oVirt shows it. */
export function diskProfileRepresentation(profile: DiskProfile, links: Links): WireObject {
  const identity = links.reference('diskprofiles', profile.id);
  return {
    ...identity,
    name: profile.name,
    description: profile.description,
    comment: profile.comment,
    link: links.subCollections(identity.href, ['permissions']),
    qos: profile.qosId === null ? undefined : { id: profile.qosId },
    storage_domain: links.reference('storagedomains', profile.storageDomainId),
  };
}

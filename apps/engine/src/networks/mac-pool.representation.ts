import type { Links, WireObject } from '@clinker/ovirt-api';
import { DEFAULT_MAC_POOL_ID } from './default.mac-pool';
import type { MacPoolView } from './mac-pools.service';

/** A pool of MAC addresses as oVirt shows it. */
export function macPoolRepresentation(pool: MacPoolView, links: Links): WireObject {
  const identity = links.reference('macpools', pool.id);
  return {
    ...identity,
    name: pool.name,
    description: pool.description,
    comment: pool.comment,
    link: links.subCollections(identity.href, ['permissions']),
    allow_duplicates: pool.allowDuplicates,
    default_pool: pool.id === DEFAULT_MAC_POOL_ID,
    ranges: { range: pool.ranges.map(({ first, last }) => ({ from: first, to: last })) },
  };
}

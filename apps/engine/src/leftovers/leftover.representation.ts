import type { Links, WireObject } from '@clinker/ovirt-api';
import type { Leftover } from './leftover.entity';

/** A leftover. Its own form: oVirt has nothing of the kind. */
export function leftoverRepresentation(leftover: Leftover, links: Links): WireObject {
  const { href, id } = links.reference('clinker/leftovers', leftover.id);
  const { diskId, vmId } = leftover;
  return {
    href,
    id,
    actions: links.actions(href, ['cleanup']),
    name: leftover.name,
    description: leftover.reason,
    type: leftover.kind,
    external_id: leftover.resourceId,
    parent_id: leftover.parentId ?? undefined,
    status: leftover.status,
    status_detail: leftover.error ?? undefined,
    size: leftover.sizeBytes ?? undefined,
    date: leftover.firstSeen,
    openstack_volume_provider: links.reference('openstackvolumeproviders', leftover.providerId),
    disk: diskId === null ? undefined : { id: diskId },
    vm: vmId === null ? undefined : { id: vmId },
  };
}

import { gibToBytes } from '@clinker/cinder';
import { type Links, type WireObject, collection } from '@clinker/ovirt-api';
import type { UnregisteredVolume } from './unregistered.rules';

/**
 * A volume that is no disk yet, as oVirt shows an unregistered disk: without actions and links. One that cannot be registered is illegal, and
 * its comment says why.
 */
export function unregisteredDiskRepresentation({ volume, reason }: UnregisteredVolume, storageDomainId: string, links: Links): WireObject {
  const size = gibToBytes(volume.sizeGiB);
  return {
    ...links.reference(`storagedomains/${storageDomainId}/disks`, volume.id),
    name: volume.name ?? '',
    description: volume.description ?? '',
    comment: reason === undefined ? undefined : `Cannot be registered. ${reason}`,
    actual_size: size,
    alias: volume.name ?? '',
    backup: 'none',
    content_type: 'data',
    format: 'raw',
    image_id: volume.id,
    propagate_errors: false,
    provisioned_size: size,
    shareable: false,
    sparse: true,
    status: reason === undefined ? 'ok' : 'illegal',
    storage_type: 'cinder',
    total_size: size,
    wipe_after_delete: false,
    openstack_volume_type: volume.volumeType === null ? undefined : { name: volume.volumeType },
    storage_domains: collection('storage_domains', [links.reference('storagedomains', storageDomainId)]),
  };
}

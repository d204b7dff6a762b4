import type { DiskMeasures } from '@clinker/agent-protocol';
import { type Links, type WireObject, collection } from '@clinker/ovirt-api';
import { nameBasedId } from '../http/name-based.id';
import { remembering, rememberingList } from '../http/remembered.representation';
import type { Disk } from './disk.entity';

/** What clients may do with a disk. */
export const DISK_ACTIONS = ['convert', 'copy', 'export', 'move', 'reduce', 'refreshlun', 'sparsify'] as const;

/** Those of them that disks in Cinder lack: they are refused with a reason. */
export const UNSUPPORTED_DISK_ACTIONS = DISK_ACTIONS.filter((name) => name !== 'copy' && name !== 'move');

const quotaReference = ({ quotaId, quotaDataCenterId }: Disk, links: Links): WireObject | undefined =>
  quotaId && quotaDataCenterId ? links.reference(`datacenters/${quotaDataCenterId}/quotas`, quotaId) : undefined;

const SUB_COLLECTIONS = ['permissions', 'disksnapshots', 'statistics'];

/** A disk as oVirt shows it. Its image is the volume in Cinder. Sizes in bytes. */
export const diskRepresentation = remembering((disk: Disk, links: Links): WireObject => {
  const { href, id } = links.reference('disks', disk.id);
  const allocated = disk.volumeId ? disk.provisionedSize : 0;
  return {
    href,
    id,
    actions: links.actions(href, DISK_ACTIONS),
    name: disk.name,
    description: disk.description,
    link: links.subCollections(href, SUB_COLLECTIONS),
    actual_size: allocated,
    alias: disk.name,
    backup: 'none',
    content_type: 'data',
    format: disk.format,
    image_id: disk.volumeId ?? undefined,
    propagate_errors: disk.propagateErrors,
    provisioned_size: disk.provisionedSize,
    shareable: disk.shareable,
    sparse: disk.sparse,
    status: disk.status,
    storage_type: 'cinder',
    total_size: allocated,
    wipe_after_delete: disk.wipeAfterDelete,
    openstack_volume_type: disk.volumeType === null ? undefined : { name: disk.volumeType },
    disk_profile: disk.diskProfileId === null ? undefined : links.reference('diskprofiles', disk.diskProfileId),
    quota: quotaReference(disk, links),
    storage_domains: collection('storage_domains', [links.reference('storagedomains', disk.storageDomainId)]),
  };
});

/** A list of disks. */
export const diskListRepresentation = rememberingList('disks', diskRepresentation);

/** oVirt's figures of a disk: name, description, unit, and which it is of those that hosts measure. */
const STATISTICS = [
  ['data.current.read', 'Read data rate', 'bytes_per_second', 'readBytesPerSecond'],
  ['data.current.write', 'Write data rate', 'bytes_per_second', 'writtenBytesPerSecond'],
  ['disk.read.latency', 'Read latency', 'seconds', 'readLatency'],
  ['disk.write.latency', 'Write latency', 'seconds', 'writeLatency'],
  ['disk.flush.latency', 'Flush latency', 'seconds', 'flushLatency'],
] as const;

/** A disk's statistics. @param measures what running VMs do with it now, if it is known: otherwise all are 0 */
export function diskStatistics({ id }: Disk, links: Links, measures?: DiskMeasures): (WireObject & { id: string })[] {
  return STATISTICS.map(([name, description, unit, figure]) => ({
    ...links.reference(`disks/${id}/statistics`, nameBasedId(id, name)),
    name,
    description,
    kind: 'gauge',
    type: 'decimal',
    unit,
    values: { value: [{ datum: measures?.[figure] ?? 0 }] },
    disk: links.reference('disks', id),
  }));
}

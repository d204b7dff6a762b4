import type { Links, WireObject } from '@clinker/ovirt-api';
import { diskRepresentation } from '../disks/disk.representation';
import { nicRepresentation } from '../networks/nic.representation';
import { configurationRepresentation } from '../vms/vm.representation';
import type { DiskInSnapshot, NicInSnapshot, SnapshotView } from './snapshot.view';

/** Sub-collections of a snapshot. There are no CD-ROMs here. */
const SUB_COLLECTIONS = ['cdroms', 'disks', 'nics'];

/** What an object has at its own address only. */
const OWN_ALONE = { actions: undefined, link: undefined };

/** A snapshot as oVirt shows it, with the settings that the VM had. */
export function snapshotRepresentation(snapshot: SnapshotView, links: Links): WireObject {
  const { vmId } = snapshot;
  const { href, id } = links.reference(`vms/${vmId}/snapshots`, snapshot.id);
  return {
    href,
    id,
    actions: links.actions(href, ['restore']),
    description: snapshot.description,
    link: links.subCollections(href, SUB_COLLECTIONS),
    date: snapshot.creationTime,
    persist_memorystate: snapshot.persistMemorystate,
    snapshot_status: snapshot.status,
    snapshot_type: snapshot.type,
    vm: { ...links.reference('vms', vmId), name: snapshot.vmName, ...configurationRepresentation(snapshot.hardware) },
  };
}

/** A disk as it is in a snapshot; its image is what the snapshot has of it. @param path of the collection, without the prefix of the API */
export function diskInSnapshotRepresentation({ disk, vmId, image }: DiskInSnapshot, path: string, links: Links): WireObject {
  const { provisionedSize, status } = image;
  return {
    ...diskRepresentation({ ...disk, provisionedSize, status }, links),
    ...OWN_ALONE,
    ...links.reference(path, disk.id),
    image_id: image.id,
    snapshot: links.reference(`vms/${vmId}/snapshots`, image.snapshotId),
  };
}

/** One disk of one snapshot, by itself. @param path of the collection, without the prefix of the API */
export function diskSnapshotRepresentation(one: DiskInSnapshot, path: string, links: Links): WireObject {
  return {
    ...diskInSnapshotRepresentation(one, path, links),
    ...links.reference(path, one.image.id),
    disk: links.reference('disks', one.disk.id),
  };
}

/** An interface as it is in a snapshot. */
export function nicInSnapshotRepresentation(nic: NicInSnapshot, snapshotId: string, links: Links): WireObject {
  return { ...nicRepresentation(nic, links), ...OWN_ALONE, ...links.reference(`vms/${nic.vmId}/snapshots/${snapshotId}/nics`, nic.id) };
}

import type { EntityManager } from 'typeorm';
import { rowsByIds } from '../database/rows.by-ids';
import { DiskAttachment } from '../disk-attachments/disk-attachment.entity';
import type { DiskSnapshot, DiskSnapshotId } from '../disks/disk-snapshot.entity';
import { Disk } from '../disks/disk.entity';
import type { DiskInSnapshot } from './snapshot.view';
import { VmSnapshot } from './vm-snapshot.entity';

const unique = (ids: readonly string[]): string[] => [...new Set(ids)];

const byId = <T extends { readonly id: string }>(rows: readonly T[]): Map<string, T> => new Map(rows.map((row) => [row.id, row]));

/** The disks that these are snapshots of, in the same order; two queries for all of them. */
export async function disksInSnapshots(db: EntityManager, images: readonly DiskSnapshot[]): Promise<DiskInSnapshot[]> {
  const disks = byId(await rowsByIds(db, Disk, unique(images.map(({ diskId }) => diskId))));
  const owners = byId(await rowsByIds(db, VmSnapshot, unique(images.map(({ snapshotId }) => snapshotId))));
  return images.flatMap((image) => {
    const disk = disks.get(image.diskId);
    const owner = owners.get(image.snapshotId);
    return disk && owner ? [{ disk, image, vmId: owner.vmId }] : [];
  });
}

/** The disks of VMs as they are now, which is what their active snapshots have; by name. */
export async function disksOfVms(db: EntityManager, vmIds: readonly string[]): Promise<DiskInSnapshot[]> {
  const attachments = await rowsByIds(db, DiskAttachment, vmIds, 'vmId');
  const disks = byId(await rowsByIds(db, Disk, unique(attachments.map(({ diskId }) => diskId))));
  const found = attachments.flatMap(({ vmId, diskId }) => {
    const disk = disks.get(diskId);
    return disk ? [{ disk, vmId, image: activeImage(disk, vmId) }] : [];
  });
  return found.sort(byName);
}

/** The order of a snapshot's disks. */
export const byName = (a: DiskInSnapshot, b: DiskInSnapshot): number => (a.disk.name < b.disk.name ? -1 : 1);

function activeImage({ id, volumeId, provisionedSize, status }: Disk, vmId: string): DiskInSnapshot['image'] {
  return { id: (volumeId ?? id) as string as DiskSnapshotId, snapshotId: vmId, provisionedSize, status };
}

import { type EntityManager, In } from 'typeorm';
import { DiskSnapshot } from '../disks/disk-snapshot.entity';
import { Disk } from '../disks/disk.entity';
import type { KeptSnapshot, SnapshotOfDisk } from './disk-snapshots.client';

/**
 * Those of the snapshots that Cinder has taken as a group with others that are to stay: Cinder deletes a group snapshot as a whole.
 * @returns them with the reason, for operators
 */
export async function partsOfGroups(db: EntityManager, which: readonly SnapshotOfDisk[]): Promise<KeptSnapshot[]> {
  const groupIds = which.flatMap(({ cinderGroupId }) => cinderGroupId ?? []);
  if (groupIds.length === 0) return [];
  const members = await db.findBy(DiskSnapshot, { cinderGroupId: In(groupIds) });
  const staying = members.filter(({ id }) => !which.some(({ diskSnapshotId }) => diskSnapshotId === id));
  const disks = await db.findBy(Disk, { id: In(staying.map(({ diskId }) => diskId)) });
  return which.flatMap(({ diskSnapshotId, diskName, cinderGroupId }) => {
    const others = staying.filter((one) => cinderGroupId !== null && one.cinderGroupId === cinderGroupId);
    if (others.length === 0) return [];
    const names = disks.filter(({ id }) => others.some(({ diskId }) => diskId === id)).map(({ name }) => name);
    const reason = `The snapshot of the disk ${diskName} was taken as a group with that of ${names.join(', ')}: Cinder deletes them together only.`;
    return [{ diskSnapshotId, reason }];
  });
}

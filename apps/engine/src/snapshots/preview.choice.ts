import { type EntityManager, In } from 'typeorm';
import { z } from 'zod';
import { DiskSnapshot } from '../disks/disk-snapshot.entity';
import { ConflictError } from '../errors/domain.errors';
import type { VmWithSnapshots } from './snapshot.rules';
import type { VmSnapshot } from './vm-snapshot.entity';

/** A disk that is chosen for a preview: as in the previewed snapshot, or in another, named by itself or by the disk's image in it. */
export const chosenDiskSchema = z.object({
  diskId: z.string(),
  imageId: z.string().nullable(),
  snapshotId: z.string().nullable(),
});
export type ChosenDisk = z.output<typeof chosenDiskSchema>;

/**
 * What of which disk is previewed. A disk that is chosen as it is now is left out.
 * @param chosen null for all that the snapshot has
 * @throws ConflictError for a disk that the snapshot has not, or not in a usable state
 */
export async function chosenSnapshots(
  tx: EntityManager,
  { vm, snapshots }: VmWithSnapshots,
  snapshot: VmSnapshot,
  chosen: readonly ChosenDisk[] | null,
): Promise<DiskSnapshot[]> {
  const all = await tx.findBy(DiskSnapshot, { snapshotId: In(snapshots.map(({ id }) => id)) });
  const own = all.filter(({ snapshotId }) => snapshotId === snapshot.id);
  const changing = chosen?.filter((one) => one.snapshotId !== vm.id && one.imageId !== vm.id);
  const rows = changing ? changing.map((one) => find(all, one, snapshot.id)) : own;
  const unusable = rows.find(({ status, cinderSnapshotId }) => status !== 'ok' || cinderSnapshotId === null);
  if (unusable) throw new ConflictError(`Cannot preview Snapshot. The disk ${unusable.diskId} is ${unusable.status} in the snapshot.`);
  if (new Set(rows.map(({ diskId }) => diskId)).size < rows.length)
    throw new ConflictError('Cannot preview Snapshot. A disk is chosen twice.');
  return rows;
}

function find(all: readonly DiskSnapshot[], { diskId, imageId, snapshotId }: ChosenDisk, previewedId: string): DiskSnapshot {
  const isIt = (row: DiskSnapshot): boolean => (imageId === null ? row.snapshotId === (snapshotId ?? previewedId) : row.id === imageId);
  const found = all.find((row) => row.diskId === diskId && isIt(row));
  if (!found) throw new ConflictError(`Cannot preview Snapshot. The disk ${diskId} is not part of the snapshot.`);
  return found;
}

/** A guest's memory knows what was on all its disks. @throws ConflictError if one of them would show something else */
export function refusePartOfMemory({ id, configuration }: VmSnapshot, rows: readonly DiskSnapshot[]): void {
  const shown = rows.filter(({ snapshotId }) => snapshotId === id).map(({ diskId }) => diskId);
  const missing = configuration.diskAttachments.find(({ diskId, plugged }) => plugged && !shown.includes(diskId));
  if (!missing) return;
  throw new ConflictError(
    `Cannot preview Snapshot. The memory fits only all disks of the same Snapshot, and the disk ${missing.diskId} would be another: preview all disks, or without restore_memory.`,
  );
}

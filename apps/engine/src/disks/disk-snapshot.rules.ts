import type { EntityManager } from 'typeorm';
import { ConflictError } from '../errors/domain.errors';
import { DiskSnapshot } from './disk-snapshot.entity';
import { DiskVolume } from './disk-volume.entity';
import type { Disk } from './disk.entity';

/** @throws ConflictError while the disk is in a preview, or an operation works on one of its snapshots */
export async function refuseBusySnapshots(tx: EntityManager, { id: diskId, name }: Disk, action: string): Promise<void> {
  if (await tx.existsBy(DiskVolume, { diskId, role: 'set_aside' }))
    throw new ConflictError(`Cannot ${action} Virtual Disk. The VM of the disk ${name} is previewing a Snapshot: commit or undo it first.`);
  if (await tx.existsBy(DiskSnapshot, { diskId, status: 'locked' }))
    throw new ConflictError(`Cannot ${action} Virtual Disk. Related operation is currently in progress. Please try again later.`);
}

/** @throws ConflictError if there are snapshots of the disk */
export async function refuseSnapshots(tx: EntityManager, { id: diskId, name }: Disk, action: string): Promise<void> {
  if (!(await tx.existsBy(DiskSnapshot, { diskId }))) return;
  throw new ConflictError(`Cannot ${action} Virtual Disk. The disk ${name} contains snapshots. Please remove the snapshots and try again.`);
}

const IN_ONE_GROUP = `
  SELECT DISTINCT other.name FROM disk_snapshot own
    JOIN disk_snapshot member ON member.cinder_group_id = own.cinder_group_id AND member.disk_id <> own.disk_id
    JOIN disk other ON other.id = member.disk_id
  WHERE own.disk_id = $1 AND NOT EXISTS (SELECT FROM disk_attachment bond WHERE bond.disk_id = other.id AND bond.vm_id = $2)
  ORDER BY other.name`;

/**
 * Cinder deletes snapshots that it has taken as a group together only, so the disk cannot go before them.
 * @param ofVmId the VM that is removed with its disks, if it is
 * @throws ConflictError if there is such a snapshot with one of a disk that stays
 */
export async function refuseGroups(tx: EntityManager, { id, name }: Disk, ofVmId: string | null): Promise<void> {
  const others = await tx.query<{ name: string }[]>(IN_ONE_GROUP, [id, ofVmId]);
  if (others.length === 0) return;
  const names = others.map((other) => other.name).join(', ');
  throw new ConflictError(
    `Cannot remove Virtual Disk. A snapshot of the disk ${name} was taken as a group with those of ${names}: remove the VM's snapshot first.`,
  );
}

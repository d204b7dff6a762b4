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

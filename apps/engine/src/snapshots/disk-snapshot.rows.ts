import { messages, renderMessage } from '@clinker/ovirt-api';
import { type EntityManager, In } from 'typeorm';
import { DiskSnapshot } from '../disks/disk-snapshot.entity';
import { DiskVolume } from '../disks/disk-volume.entity';
import { Disk } from '../disks/disk.entity';
import { ConflictError } from '../errors/domain.errors';
import { forgetMemories } from '../snapshot-memory/snapshot-memory.rows';
import { holdActiveDomains } from '../storage-domains/domain.lock';
import type { KeptSnapshot, SnapshotOfDisk, VolumeOfDisk } from './disk-snapshots.client';
import { type SnapshotAction, names } from './snapshot.rules';

/**
 * Snapshots of disks, as sagas keep them. The disks' rows are this transaction's own, and their domains held active.
 * @throws ConflictError if an operation has one of the disks
 */
export async function snapshotsOfDisks(
  tx: EntityManager,
  rows: readonly DiskSnapshot[],
  action: SnapshotAction,
): Promise<SnapshotOfDisk[]> {
  const ids = In(rows.map(({ diskId }) => diskId));
  const disks = await tx.find(Disk, { where: { id: ids }, order: { id: 'ASC' }, lock: { mode: 'pessimistic_write' } });
  const locked = disks.filter(({ status }) => status === 'locked').map(({ name }) => name);
  if (locked.length > 0)
    throw new ConflictError(renderMessage(messages.DISKS_LOCKED, { ...names(action), diskAliases: locked.join(', ') }));
  return toSagas(tx, rows, disks, action);
}

/** {@link snapshotsOfDisks} of disks that the caller has locked. */
export async function toSagas(
  tx: EntityManager,
  rows: readonly DiskSnapshot[],
  disks: readonly Disk[],
  action: SnapshotAction,
): Promise<SnapshotOfDisk[]> {
  const domainIds = disks.map(({ storageDomainId }) => storageDomainId);
  const domains = await holdActiveDomains(tx, domainIds, action, 'Snapshot');
  return rows.flatMap(({ id, diskId, volumeId, cinderSnapshotId, cinderGroupId }) => {
    const disk = disks.find((one) => one.id === diskId);
    const domain = domains.find((one) => one.id === disk?.storageDomainId);
    if (!disk || !domain) return [];
    const cinder = { providerId: domain.providerId, volumeId, cinderSnapshotId, cinderGroupId };
    return [{ diskSnapshotId: id, diskId, diskName: disk.name, ...cinder }];
  });
}

/** The volumes of these snapshots that are kept for snapshots alone. */
export async function retiredVolumesOf(tx: EntityManager, disks: readonly SnapshotOfDisk[]): Promise<VolumeOfDisk[]> {
  const volumeIds = disks.map(({ volumeId }) => volumeId);
  const rows = await tx.findBy(DiskVolume, { volumeId: In(volumeIds), role: 'kept_for_snapshots' });
  return rows.map(({ diskId, providerId, volumeId }) => ({ diskId, providerId, volumeId }));
}

/** Forgets snapshots and volumes that are gone in Cinder. */
export async function forgetDiskSnapshots(
  tx: EntityManager,
  { disks, kept, volumes }: { disks: readonly SnapshotOfDisk[]; kept: readonly KeptSnapshot[]; volumes: readonly VolumeOfDisk[] },
): Promise<void> {
  const stay = new Set(kept.map(({ diskSnapshotId }) => diskSnapshotId));
  const gone = disks.map(({ diskSnapshotId }) => diskSnapshotId).filter((id) => !stay.has(id));
  await tx.delete(DiskSnapshot, { id: In(gone) });
  await tx.delete(DiskVolume, { volumeId: In(volumes.map(({ volumeId }) => volumeId)) });
  await forgetMemories(tx, volumes);
}

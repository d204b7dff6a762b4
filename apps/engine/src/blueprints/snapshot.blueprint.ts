import { type EntityManager, In } from 'typeorm';
import { Disk } from '../disks/disk.entity';
import { DiskSnapshot } from '../disks/disk-snapshot.entity';
import { ConflictError, NotFoundError } from '../errors/domain.errors';
import { VmSnapshot } from '../snapshots/vm-snapshot.entity';
import { BLANK_SETTINGS } from '../vms/vm.settings';
import { type Blueprint, bindingOf, nicOf } from './blueprint';
import { type Purpose, holdDomains } from './vm.blueprint';

/** A VM as it was at a snapshot. @throws NotFoundError, ConflictError if the snapshot cannot be copied now */
export async function blueprintOfSnapshot(tx: EntityManager, snapshotId: string, purpose: Purpose): Promise<Blueprint> {
  const snapshot = await tx.findOneBy(VmSnapshot, { id: snapshotId });
  if (!snapshot) throw new NotFoundError('Snapshot', snapshotId);
  if (snapshot.status !== 'ok')
    throw new ConflictError(`Cannot ${purpose.action} ${purpose.type}. The snapshot '${snapshot.description}' is ${snapshot.status}.`);
  const taken = await tx.findBy(DiskSnapshot, { snapshotId });
  const illegal = taken.find(({ status, cinderSnapshotId }) => status !== 'ok' || cinderSnapshotId === null);
  if (illegal)
    throw new ConflictError(`Cannot ${purpose.action} ${purpose.type}. The snapshot of disk ${illegal.diskId} is ${illegal.status}.`);
  const disks = await tx.find(Disk, { where: { id: In(taken.map(({ diskId }) => diskId)) }, order: { name: 'ASC', id: 'ASC' } });
  await holdDomains(tx, disks, purpose);
  const { vm, diskAttachments, nics } = snapshot.configuration;
  return {
    settings: { ...BLANK_SETTINGS, ...vm },
    disks: disks.flatMap((disk) => {
      const then = taken.find(({ diskId }) => diskId === disk.id);
      const attachment = diskAttachments.find(({ diskId }) => diskId === disk.id);
      const source = { disk, snapshotId: then?.cinderSnapshotId, sizeBytes: then?.provisionedSize };
      return attachment ? [{ source, binding: bindingOf(attachment) }] : [];
    }),
    nics: nics.map(nicOf),
  };
}

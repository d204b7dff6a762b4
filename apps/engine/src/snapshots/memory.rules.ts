import type { EntityManager } from 'typeorm';
import { DiskAttachment } from '../disk-attachments/disk-attachment.entity';
import { Disk, type DiskId } from '../disks/disk.entity';
import { ConflictError, UnsupportedError } from '../errors/domain.errors';
import type { Vm } from '../vms/vm.entity';

const GIB = 2 ** 30;

/** What a guest has besides its memory (bytes): memory of devices, and the description of the domain. */
const BESIDES = 2 ** 28;

/** Size (GiB) of a volume that takes the memory of a VM whatever is in it. */
export const memorySizeGiB = ({ memory }: Pick<Vm, 'memory'>): number => Math.ceil((memory + BESIDES) / GIB);

/** The disk beside which the memory of a VM is kept: that from which it boots, or the first by name. @throws UnsupportedError if it has none */
export async function firstDisk(db: EntityManager, { id: vmId }: Pick<Vm, 'id'>): Promise<Disk> {
  const [disk] = await db
    .createQueryBuilder(Disk, 'disk')
    .innerJoin(DiskAttachment, 'attachment', 'attachment.disk_id = disk.id AND attachment.vm_id = :vmId', { vmId })
    .where('NOT disk.shareable')
    .orderBy('attachment.bootable', 'DESC')
    .addOrderBy('disk.name')
    .getMany();
  if (disk) return disk;
  throw new UnsupportedError(
    'Cannot create Snapshot. The memory is kept in the Storage Domain of the first disk, and the VM has none: ask for persist_memorystate false.',
  );
}

/** A guest's memory knows what is on all its disks. @throws ConflictError if one that it has is not in the snapshot */
export async function refusePartOfDisks(tx: EntityManager, vmId: string, taken: readonly DiskId[]): Promise<void> {
  const plugged = await tx.findBy(DiskAttachment, { vmId, plugged: true });
  const missing = plugged.find(({ diskId }) => !taken.includes(diskId));
  if (!missing) return;
  throw new ConflictError(
    `Cannot create Snapshot. The memory fits only all disks of the VM, and the disk ${missing.diskId} is shareable or was not chosen: ask for persist_memorystate false.`,
  );
}

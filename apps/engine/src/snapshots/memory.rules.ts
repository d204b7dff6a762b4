import type { EntityManager } from 'typeorm';
import { DiskAttachment } from '../disk-attachments/disk-attachment.entity';
import type { DiskId } from '../disks/disk.entity';
import { ConflictError } from '../errors/domain.errors';

/** A guest's memory knows what is on all its disks. @throws ConflictError if one that it has is not in the snapshot */
export async function refusePartOfDisks(tx: EntityManager, vmId: string, taken: readonly DiskId[]): Promise<void> {
  const plugged = await tx.findBy(DiskAttachment, { vmId, plugged: true });
  const missing = plugged.find(({ diskId }) => !taken.includes(diskId));
  if (!missing) return;
  throw new ConflictError(
    `Cannot create Snapshot. The memory fits only all disks of the VM, and the disk ${missing.diskId} is shareable or was not chosen: ask for persist_memorystate false.`,
  );
}

import { messages, renderMessage } from '@clinker/ovirt-api';
import type { EntityManager } from 'typeorm';
import { Disk, type DiskId } from '../disks/disk.entity';
import { ConflictError, NotFoundError } from '../errors/domain.errors';
import { refuseTemplateDisk } from '../templates/template-disk.rules';
import { lockVm } from '../vms/vm.lock';
import type { Vm } from '../vms/vm.entity';
import { DiskAttachment } from './disk-attachment.entity';
import type { AttachmentAction } from './hot-plug.rules';

/** A disk, a VM and what binds them. */
export interface DiskInVm {
  readonly vm: Vm;
  readonly disk: Disk;
  readonly attachment: DiskAttachment;
}

/**
 * The disk's row, which nobody else changes until the transaction ends. Take the VM's first.
 * @throws NotFoundError, ConflictError if an operation has the disk
 */
export async function lockDisk(tx: EntityManager, diskId: DiskId, action: AttachmentAction): Promise<Disk> {
  const disk = await tx.findOne(Disk, { where: { id: diskId }, lock: { mode: 'pessimistic_write' } });
  if (!disk) throw new NotFoundError('Disk', diskId);
  if (disk.status === 'locked') throw new ConflictError(renderMessage(messages.DISK_LOCKED, { action, type: 'Virtual Disk' }));
  await refuseTemplateDisk(tx, diskId, action);
  return disk;
}

/** @throws ConflictError for a disk that a VM cannot use */
export function refuseUnusable({ status, volumeId, name }: Disk, action: AttachmentAction): void {
  if (status === 'ok' && volumeId) return;
  throw new ConflictError(renderMessage(messages.DISKS_ILLEGAL, { action, type: 'Virtual Disk', diskAliases: name }));
}

/** The attachment. @throws NotFoundError */
export async function attachmentOf(tx: EntityManager, vmId: string, diskId: DiskId): Promise<DiskAttachment> {
  const attachment = await tx.findOneBy(DiskAttachment, { vmId, diskId });
  if (!attachment) throw new NotFoundError('Disk attachment', diskId);
  return attachment;
}

/** VM, disk and attachment, all of them this transaction's own. @throws NotFoundError, ConflictError */
export async function lockDiskInVm(tx: EntityManager, ids: { vmId: string; diskId: DiskId }, action: AttachmentAction): Promise<DiskInVm> {
  const vm = await lockVm(tx, ids.vmId);
  await attachmentOf(tx, ids.vmId, ids.diskId);
  const disk = await lockDisk(tx, ids.diskId, action);
  return { vm, disk, attachment: await attachmentOf(tx, ids.vmId, ids.diskId) };
}

import { messages, renderMessage } from '@clinker/ovirt-api';
import type { EntityManager } from 'typeorm';
import { DiskAttachment } from '../disk-attachments/disk-attachment.entity';
import { ConflictError } from '../errors/domain.errors';
import { operationInProgress, statusConflict } from './vm.conflicts';
import type { Vm } from './vm.entity';
import { lockVm } from './vm.lock';
import { refuseOwnSnapshots } from './vm.snapshots';

/** A VM that is about to be removed; its row is the transaction's own. @param keepDisks that its disks stay @throws NotFoundError, ConflictError */
export async function takeForRemoval(tx: EntityManager, vmId: string, keepDisks: boolean): Promise<Vm> {
  const vm = await lockVm(tx, vmId);
  if (vm.deleteProtected) throw new ConflictError(renderMessage(messages.VM_DELETE_PROTECTED, { action: 'remove', type: 'VM' }));
  if (vm.status !== 'down') throw statusConflict('remove', vm);
  if (vm.vmPoolId !== null)
    throw new ConflictError('Cannot remove VM. The VM belongs to a VM-Pool: make the VM-Pool smaller, or remove it.');
  if (await tx.existsBy(DiskAttachment, { vmId, status: 'locked' })) throw operationInProgress('remove');
  await refuseOwnSnapshots(tx, vmId, keepDisks);
  return vm;
}

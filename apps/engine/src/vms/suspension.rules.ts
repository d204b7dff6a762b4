import { messages, renderMessage } from '@clinker/ovirt-api';
import type { EntityManager } from 'typeorm';
import { ConflictError } from '../errors/domain.errors';
import { VmSnapshot } from '../snapshots/vm-snapshot.entity';
import { pluggedDisks } from './plugged-disks.query';
import { statusConflict } from './vm.conflicts';
import { refuseBusyDevices } from './vm.ending';
import type { Vm } from './vm.entity';
import { refuseWhileSnapshotIsTaken } from './vm.snapshots';

const names = { action: 'suspend', type: 'VM' };

/**
 * Refuses to suspend a VM, whose row is the transaction's own, unless it is up and nothing else works on it. The memory fits its disks only as long
 * as nobody else writes to them.
 * @throws ConflictError
 */
export async function refuseSuspension(tx: EntityManager, vm: Vm): Promise<void> {
  const { id: vmId, status, vmPoolId, stateless } = vm;
  if (status === 'down' || status === 'image_locked') throw statusConflict('suspend', vm);
  if (status !== 'up') throw new ConflictError(renderMessage(messages.VM_STATUS_ILLEGAL, { ...names, status }));
  if (vmPoolId !== null) throw new ConflictError('Cannot suspend VM that belongs to a VM-Pool.');
  if (stateless) throw new ConflictError('Cannot suspend VM, VM is stateless.');
  await refuseBusyDevices(tx, vmId, 'suspend');
  await refuseWhileSnapshotIsTaken(tx, vmId, 'suspend');
  if (await tx.existsBy(VmSnapshot, { vmId, type: 'preview' })) throw new ConflictError('Cannot suspend VM. VM is previewing a Snapshot.');
  await refuseDisks(tx, vmId);
}

/** Their rows are held: whoever works on one of them has noted it, or waits and sees that the VM is being suspended. */
async function refuseDisks(tx: EntityManager, vmId: string): Promise<void> {
  const plugged = await pluggedDisks(tx, vmId, true);
  const locked = plugged.filter(({ disk }) => disk.status === 'locked').map(({ disk }) => disk.name);
  if (locked.length > 0) throw new ConflictError(renderMessage(messages.DISKS_LOCKED, { ...names, diskAliases: locked.join(', ') }));
  const shared = plugged.find(({ disk }) => disk.shareable);
  if (!shared) return;
  throw new ConflictError(
    `Cannot suspend VM. The disk ${shared.disk.name} is shareable: other VMs may write to it, and the memory would not fit it any more.`,
  );
}

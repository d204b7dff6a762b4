import { messages, renderMessage } from '@clinker/ovirt-api';
import type { EntityManager } from 'typeorm';
import { DiskSnapshot } from '../disks/disk-snapshot.entity';
import { ConflictError } from '../errors/domain.errors';
import { SnapshotMemory } from '../snapshot-memory/snapshot-memory.entity';
import { VmSnapshot } from '../snapshots/vm-snapshot.entity';
import { type VmAction, operationInProgress } from './vm.conflicts';

/** While a snapshot is taken its guest is frozen or paused, and what is kept of it must be of one moment. @throws ConflictError */
export async function refuseWhileSnapshotIsTaken(tx: EntityManager, vmId: string, action: VmAction): Promise<void> {
  if (await tx.existsBy(VmSnapshot, { vmId, status: 'locked' })) throw operationInProgress(action);
}

/**
 * A VM goes with its snapshots, and they with its disks.
 * @param keepDisks that the disks are to stay, which those cannot that are in snapshots
 * @throws ConflictError
 */
export async function refuseOwnSnapshots(tx: EntityManager, vmId: string, keepDisks: boolean): Promise<void> {
  const snapshots = await tx.findBy(VmSnapshot, { vmId });
  if (snapshots.some(({ status }) => status === 'locked'))
    throw new ConflictError(renderMessage(messages.OBJECT_LOCKED, { action: 'remove', type: 'VM' }));
  if (snapshots.some(({ type }) => type === 'preview')) throw new ConflictError('Cannot remove VM. VM is previewing a Snapshot.');
  const parts = snapshots.map(({ id }) => ({ snapshotId: id }));
  if (keepDisks && parts.length > 0 && (await tx.existsBy(DiskSnapshot, parts)))
    throw new ConflictError('Cannot remove VM. The disks of the VM have snapshots: remove the snapshots first, or the VM with its disks.');
  if (keepDisks && (await tx.existsBy(SnapshotMemory, { vmId })))
    throw new ConflictError(
      'Cannot remove VM. A snapshot of the VM keeps its memory: remove the snapshot first, or the VM with its disks.',
    );
}

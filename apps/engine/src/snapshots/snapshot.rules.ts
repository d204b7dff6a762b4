import { messages, renderMessage } from '@clinker/ovirt-api';
import { type EntityManager, In } from 'typeorm';
import { Disk, type DiskId } from '../disks/disk.entity';
import { diskStatuses } from '../disks/disk.statuses';
import { ConflictError, NotFoundError } from '../errors/domain.errors';
import { Nic } from '../networks/nic.entity';
import { holdActiveDomains } from '../storage-domains/domain.lock';
import type { StorageDomain } from '../storage-domains/storage-domain.entity';
import type { Vm } from '../vms/vm.entity';
import { lockVm } from '../vms/vm.lock';
import type { PreviewedDisk } from './snapshot.configuration';
import { VmSnapshot } from './vm-snapshot.entity';

/** What is done to a VM's snapshots, for the text of a refusal. */
export type SnapshotAction = 'create' | 'remove' | 'preview' | 'undo' | 'commit';

export const names = (action: SnapshotAction) => ({ action, type: 'Snapshot' });

/** A VM with its snapshots, all of them this transaction's own. */
export interface VmWithSnapshots {
  readonly vm: Vm;
  /** Oldest first. */
  readonly snapshots: readonly VmSnapshot[];
}

/**
 * The VM's row, and with it the right to change its snapshots until the transaction ends.
 * @throws NotFoundError, ConflictError while another operation works on them, or on an interface of the VM
 */
export async function lockSnapshots(tx: EntityManager, vmId: string, action: SnapshotAction): Promise<VmWithSnapshots> {
  const vm = await lockVm(tx, vmId);
  const snapshots = await tx.find(VmSnapshot, { where: { vmId }, order: { creationTime: 'ASC' } });
  if (action === 'create' && vm.stateless)
    throw new ConflictError(`Cannot create Snapshot. VM ${vm.name} is stateless: when it stops its disks become as they were before.`);
  if (vm.status === 'image_locked') throw new ConflictError(renderMessage(messages.VM_LOCKED, names(action)));
  const isBusy = snapshots.some(({ status }) => status === 'locked') || (await tx.existsBy(Nic, { vmId, status: 'locked' }));
  if (isBusy) throw new ConflictError(renderMessage(messages.OBJECT_LOCKED, names(action)));
  return { vm, snapshots };
}

/** @throws ConflictError */
export function refuseUnlessDown({ status }: Vm, action: SnapshotAction): void {
  if (status !== 'down') throw new ConflictError(renderMessage(messages.VM_IS_NOT_DOWN, names(action)));
}

/** The VM as it was before its preview. @throws ConflictError if there is a preview, or none, against what is wanted */
export function previewOf({ snapshots }: VmWithSnapshots, wanted: boolean, action: SnapshotAction): VmSnapshot | undefined {
  const before = snapshots.find(({ type }) => type === 'preview');
  if (before && !wanted) throw new ConflictError(`Cannot ${action} Snapshot. VM is previewing a Snapshot.`);
  if (!before && wanted) throw new ConflictError(`Cannot ${action} Snapshot. VM is not previewing a Snapshot.`);
  return before;
}

/** What is previewed of which disks. Disks whose provider was removed by force are gone: the preview ends without them. */
export async function previewedDisks(tx: EntityManager, { configuration: { previewed = [] } }: VmSnapshot): Promise<PreviewedDisk[]> {
  const disks = await tx.findBy(Disk, { id: In(previewed.map(({ diskId }) => diskId)) });
  return previewed.filter(({ diskId }) => disks.some(({ id }) => id === diskId));
}

/** The snapshot that the VM shows now. */
export const inPreview = ({ snapshots }: VmWithSnapshots): VmSnapshot | undefined =>
  snapshots.find(({ status }) => status === 'in_preview');

/** A snapshot that can be used. @throws NotFoundError, ConflictError */
export function usableSnapshot({ snapshots, vm }: VmWithSnapshots, id: string, action: SnapshotAction): VmSnapshot {
  if (id === vm.id) throw new ConflictError(`Cannot ${action} Snapshot. The active VM is no snapshot that could be used for this.`);
  const snapshot = snapshots.find((one) => one.id === id);
  if (!snapshot) throw new NotFoundError('Snapshot', id);
  if (snapshot.type === 'preview')
    throw new ConflictError(`Cannot ${action} Snapshot. The VM before the preview can only come back by undo.`);
  return snapshot;
}

/** Disks with the domains of their volumes. */
export interface HeldDisks {
  readonly disks: readonly Disk[];
  readonly domainOf: (disk: Disk) => StorageDomain;
}

/**
 * Locks disks for an operation, with their domains held active.
 * @throws NotFoundError, ConflictError if one is locked, illegal or has no volume, or a domain is not active
 */
export async function holdDisks(tx: EntityManager, ids: readonly DiskId[], action: SnapshotAction): Promise<HeldDisks> {
  const disks = await tx.find(Disk, { where: { id: In([...ids]) }, order: { id: 'ASC' }, lock: { mode: 'pessimistic_write' } });
  const missing = ids.find((id) => !disks.some((disk) => disk.id === id));
  if (missing !== undefined) throw new NotFoundError('Disk', missing);
  const aliases = (bad: readonly Disk[]) => ({ ...names(action), diskAliases: bad.map(({ name }) => name).join(', ') });
  const locked = disks.filter(({ status }) => status === 'locked');
  if (locked.length > 0) throw new ConflictError(renderMessage(messages.DISKS_LOCKED, aliases(locked)));
  const illegal = disks.filter(({ status, volumeId }) => status === 'illegal' || volumeId === null);
  if (illegal.length > 0) throw new ConflictError(renderMessage(messages.DISKS_ILLEGAL, aliases(illegal)));
  const domainIds = disks.map(({ storageDomainId }) => storageDomainId);
  const domains = await holdActiveDomains(tx, domainIds, action, 'Snapshot');
  await diskStatuses.move(tx, ids, { from: 'ok', to: 'locked' });
  return { disks, domainOf: (disk) => domains.find(({ id }) => id === disk.storageDomainId)! };
}

/** Gives locked disks back. */
export async function releaseDisks(tx: EntityManager, ids: readonly DiskId[]): Promise<void> {
  await diskStatuses.move(tx, ids, { from: 'locked', to: 'ok' });
}

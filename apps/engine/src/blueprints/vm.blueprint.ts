import { messages, renderMessage } from '@clinker/ovirt-api';
import { type EntityManager, In } from 'typeorm';
import { DiskAttachment } from '../disk-attachments/disk-attachment.entity';
import { Disk } from '../disks/disk.entity';
import { ConflictError } from '../errors/domain.errors';
import { Nic } from '../networks/nic.entity';
import { holdActiveDomains } from '../storage-domains/domain.lock';
import type { Vm } from '../vms/vm.entity';
import { asStored } from '../vms/vm.next-run';
import { type Blueprint, type CopiedDisk, bindingOf, nicOf } from './blueprint';

/** What is made of the blueprint, for the texts of refusals: `add`, `Template`. */
export interface Purpose {
  readonly action: string;
  readonly type: string;
}

const copyable = ({ disk }: AttachedDisk): boolean => !disk.shareable;

interface AttachedDisk {
  readonly disk: Disk;
  readonly attachment: DiskAttachment;
}

/** The VM's disks by name, with how they are attached. */
async function attachedDisks(tx: EntityManager, vmId: string): Promise<AttachedDisk[]> {
  const attachments = await tx.findBy(DiskAttachment, { vmId });
  const disks = await tx.find(Disk, { where: { id: In(attachments.map(({ diskId }) => diskId)) }, order: { name: 'ASC', id: 'ASC' } });
  return disks.map((disk) => ({ disk, attachment: attachments.find(({ diskId }) => diskId === disk.id)! }));
}

function refuseUnusable(disks: readonly AttachedDisk[], purpose: Purpose): void {
  if (disks.some(({ attachment }) => attachment.status === 'locked'))
    throw new ConflictError(renderMessage(messages.OBJECT_LOCKED, purpose));
  const aliases = (found: readonly AttachedDisk[]) => found.map(({ disk }) => disk.name).join(', ');
  const locked = disks.filter(({ disk }) => disk.status === 'locked');
  if (locked.length > 0) throw new ConflictError(renderMessage(messages.DISKS_LOCKED, { ...purpose, diskAliases: aliases(locked) }));
  const illegal = disks.filter(({ disk }) => disk.status === 'illegal' || !disk.volumeId);
  if (illegal.length > 0) throw new ConflictError(renderMessage(messages.DISKS_ILLEGAL, { ...purpose, diskAliases: aliases(illegal) }));
}

/**
 * A VM as it is now, which may run, without what was asked for this run only. Shareable disks are left out: others write to them.
 * @param diskIds only these disks; all if undefined
 * @throws ConflictError if a disk cannot be copied now
 */
export async function blueprintOfVm(tx: EntityManager, vm: Vm, purpose: Purpose, diskIds?: ReadonlySet<string>): Promise<Blueprint> {
  if (vm.status === 'image_locked') throw new ConflictError(renderMessage(messages.VM_LOCKED, purpose));
  const attached = (await attachedDisks(tx, vm.id)).filter((one) => copyable(one) && (diskIds?.has(one.disk.id) ?? true));
  refuseUnusable(attached, purpose);
  await holdDomains(
    tx,
    attached.map(({ disk }) => disk),
    purpose,
  );
  const nics = await tx.find(Nic, { where: { vmId: vm.id }, order: { name: 'ASC' } });
  const disks = attached.map(({ disk, attachment }): CopiedDisk => ({ source: { disk }, binding: bindingOf(attachment) }));
  return { settings: asStored(vm), disks, nics: nics.map(nicOf) };
}

/** Keeps the domains of these disks active until the transaction ends. @throws ConflictError */
export async function holdDomains(tx: EntityManager, disks: readonly Disk[], { action, type }: Purpose): Promise<void> {
  if (disks.length > 0)
    await holdActiveDomains(
      tx,
      disks.map(({ storageDomainId }) => storageDomainId),
      action,
      type,
    );
}

import type { EntityManager } from 'typeorm';
import { DiskAttachment } from '../disk-attachments/disk-attachment.entity';
import type { DiskSnapshotId } from '../disks/disk-snapshot.entity';
import type { DiskId } from '../disks/disk.entity';
import { Nic } from '../networks/nic.entity';
import type { Vm } from '../vms/vm.entity';
import { BLANK_SETTINGS, type VmSettings } from '../vms/vm.settings';

/** What of a VM a snapshot keeps. Its name, cluster and protection are the VM's own and never go back. */
export type Hardware = Omit<VmSettings, 'deleteProtected'>;

/** A disk as it was bound to the VM. */
export type AttachedThen = Pick<DiskAttachment, 'diskId' | 'bootable' | 'interface' | 'readOnly' | 'passDiscard' | 'plugged'>;

export type NicThen = Omit<Nic, 'vmId' | 'status'>;

/** A disk in a preview: what it shows, and how large (bytes) it was before. */
export interface PreviewedDisk {
  readonly diskId: DiskId;
  readonly diskSnapshotId: DiskSnapshotId;
  readonly sizeBefore: number;
}

/** A VM as it was: its hardware, its disks and its interfaces. */
export interface SnapshotConfiguration {
  readonly vm: Hardware;
  readonly diskAttachments: readonly AttachedThen[];
  readonly nics: readonly NicThen[];
  /** Of the VM before a preview: the disks that the preview has changed. */
  readonly previewed?: readonly PreviewedDisk[];
}

const HARDWARE = Object.keys(BLANK_SETTINGS).filter((key): key is keyof Hardware => key !== 'deleteProtected');

const hardwareOf = (vm: Vm): Hardware => Object.fromEntries(HARDWARE.map((key) => [key, vm[key]])) as unknown as Hardware;

const attachedNow = ({ diskId, bootable, interface: model, readOnly, passDiscard, plugged }: DiskAttachment): AttachedThen => ({
  diskId,
  bootable,
  interface: model,
  readOnly,
  passDiscard,
  plugged,
});

const nicNow = ({ id, name, interface: model, mac, macPoolId, vnicProfileId, linked, plugged }: Nic): NicThen => ({
  id,
  name,
  interface: model,
  mac,
  macPoolId,
  vnicProfileId,
  linked,
  plugged,
});

/** The VM as it is now. */
export async function configurationOf(tx: EntityManager, vm: Vm): Promise<SnapshotConfiguration> {
  const attachments = await tx.find(DiskAttachment, { where: { vmId: vm.id }, order: { diskId: 'ASC' } });
  const nics = await tx.find(Nic, { where: { vmId: vm.id }, order: { name: 'ASC' } });
  return { vm: hardwareOf(vm), diskAttachments: attachments.map(attachedNow), nics: nics.map(nicNow) };
}

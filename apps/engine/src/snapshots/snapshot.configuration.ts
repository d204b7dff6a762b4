import type { DiskAttachment } from '../disk-attachments/disk-attachment.entity';
import type { Nic } from '../networks/nic.entity';
import type { VmSettings } from '../vms/vm.settings';

/** A disk as it was bound to the VM, with what of the disk is needed to show it. */
export type AttachedThen = Pick<DiskAttachment, 'diskId' | 'bootable' | 'interface' | 'readOnly' | 'passDiscard' | 'plugged'>;

/** A VM as it was: its hardware, its disks and its interfaces. */
export interface SnapshotConfiguration {
  readonly vm: Omit<VmSettings, 'deleteProtected'>;
  readonly diskAttachments: readonly AttachedThen[];
  readonly nics: readonly Omit<Nic, 'vmId'>[];
}

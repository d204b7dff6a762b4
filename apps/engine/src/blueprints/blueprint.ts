import type { CopySource } from '../disk-copies/disk-copy';
import type { DiskAttachment } from '../disk-attachments/disk-attachment.entity';
import type { Nic } from '../networks/nic.entity';
import type { VmSettings } from '../vms/vm.settings';

/** How a disk is bound to its VM or template. */
export type Binding = Pick<DiskAttachment, 'bootable' | 'interface' | 'readOnly' | 'passDiscard' | 'plugged'>;

/** A disk that is copied, and how the copy will be bound. */
export interface CopiedDisk {
  readonly source: CopySource;
  readonly binding: Binding;
}

/** An interface that the copy gets; its address is always a new one. */
export type CopiedNic = Pick<Nic, 'name' | 'interface' | 'vnicProfileId' | 'linked' | 'plugged'>;

/** What a VM or a template is made of: another VM as it is or was, or a template. */
export interface Blueprint {
  readonly settings: VmSettings;
  readonly disks: readonly CopiedDisk[];
  readonly nics: readonly CopiedNic[];
}

/** Only what {@link Binding} has. */
export const bindingOf = ({ bootable, interface: bus, readOnly, passDiscard, plugged }: Binding): Binding => ({
  bootable,
  interface: bus,
  readOnly,
  passDiscard,
  plugged,
});

/** Only what {@link CopiedNic} has. */
export const nicOf = ({ name, interface: model, vnicProfileId, linked, plugged }: CopiedNic): CopiedNic => ({
  name,
  interface: model,
  vnicProfileId,
  linked,
  plugged,
});

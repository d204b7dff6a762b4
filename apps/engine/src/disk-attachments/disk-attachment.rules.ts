import { messages, renderMessage } from '@clinker/ovirt-api';
import type { EntityManager } from 'typeorm';
import { Cluster } from '../clusters/cluster.entity';
import { Disk } from '../disks/disk.entity';
import { ConflictError, UnsupportedError } from '../errors/domain.errors';
import type { StorageDomain } from '../storage-domains/storage-domain.entity';
import type { Vm } from '../vms/vm.entity';
import { DiskAttachment, type DiskInterface } from './disk-attachment.entity';
import type { ChangedAttachment } from './disk-attachment.input';
import type { AttachmentAction } from './hot-plug.rules';

/** What of an attachment a client sets, except whether it is active. */
export type AttachmentSettings = Pick<DiskAttachment, 'bootable' | 'interface' | 'readOnly' | 'passDiscard'>;

const names = (action: AttachmentAction) => ({ action, type: 'Virtual Disk' });

/** What a client gets that says nothing. */
export const USUAL_SETTINGS: AttachmentSettings = { bootable: false, interface: 'virtio_scsi', readOnly: false, passDiscard: false };

function interfaceOf(wanted: ChangedAttachment['interface'], action: AttachmentAction): DiskInterface | undefined {
  if (wanted === undefined || wanted === 'virtio' || wanted === 'virtio_scsi') return wanted;
  throw new UnsupportedError(`Cannot ${action} Virtual Disk. The interface ${wanted} is not supported; virtio and virtio_scsi are.`);
}

/** The settings that a request asks for, over those that are there. @throws UnsupportedError */
export function settingsOf(present: AttachmentSettings, input: ChangedAttachment, action: AttachmentAction): AttachmentSettings {
  if (input.uses_scsi_reservation) throw new UnsupportedError(`Cannot ${action} Virtual Disk. SCSI reservations are only for direct LUNs.`);
  return {
    bootable: input.bootable ?? present.bootable,
    interface: interfaceOf(input.interface, action) ?? present.interface,
    readOnly: input.read_only ?? present.readOnly,
    passDiscard: input.pass_discard ?? present.passDiscard,
  };
}

/** @throws ConflictError if the VM boots from another disk already */
export async function refuseSecondBootable(tx: EntityManager, vm: Vm, action: AttachmentAction): Promise<void> {
  const first = await tx.findOneBy(DiskAttachment, { vmId: vm.id, bootable: true });
  if (!first) return;
  const { name } = await tx.findOneByOrFail(Disk, { id: first.diskId });
  throw new ConflictError(renderMessage(messages.DISK_BOOT_IN_USE, { ...names(action), vmName: vm.name, diskName: name }));
}

/** @throws ConflictError if the disk is this VM's already, or another's and not shareable */
export async function refuseOtherUse(tx: EntityManager, disk: Disk, vm: Vm): Promise<void> {
  const users = await tx.query<{ id: string; name: string }[]>(
    'SELECT vm.id, vm.name FROM disk_attachment a JOIN vm ON vm.id = a.vm_id WHERE a.disk_id = $1 ORDER BY vm.name',
    [disk.id],
  );
  const vmNames = users.map(({ name }) => name).join(', ');
  if (users.some(({ id }) => id === vm.id))
    throw new ConflictError(renderMessage(messages.DISK_ALREADY_ATTACHED, { ...names('attach'), vmNames }));
  if (users.length === 0 || disk.shareable) return;
  throw new ConflictError(renderMessage(messages.DISK_NOT_SHAREABLE, { ...names('attach'), diskAlias: disk.name, vmNames }));
}

/** @throws ConflictError if the VM cannot reach the disk's domain */
export async function refuseOtherDataCenter(tx: EntityManager, vm: Vm, domain: StorageDomain): Promise<void> {
  const { dataCenterId } = await tx.findOneByOrFail(Cluster, { id: vm.clusterId });
  if (domain.dataCenterId === dataCenterId) return;
  throw new ConflictError(`Cannot attach Virtual Disk. The Storage Domain ${domain.name} is not in the Data Center of VM ${vm.name}.`);
}

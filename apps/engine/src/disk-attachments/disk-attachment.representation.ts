import type { Links, WireObject } from '@clinker/ovirt-api';
import { remembering } from '../http/remembered.representation';
import type { DiskAttachment } from './disk-attachment.entity';

/** A disk of a VM as oVirt shows it. Its id is the disk's. */
export const diskAttachmentRepresentation = remembering((attachment: DiskAttachment, links: Links): WireObject => {
  const { vmId, diskId } = attachment;
  const { href, id } = links.reference(`vms/${vmId}/diskattachments`, diskId);
  return {
    href,
    id,
    active: attachment.plugged,
    bootable: attachment.bootable,
    interface: attachment.interface,
    pass_discard: attachment.passDiscard,
    read_only: attachment.readOnly,
    uses_scsi_reservation: false,
    disk: links.reference('disks', diskId),
    vm: links.reference('vms', vmId),
  };
});

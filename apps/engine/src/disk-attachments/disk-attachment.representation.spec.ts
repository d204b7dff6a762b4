import { Links, toXml } from '@clinker/ovirt-api';
import type { DiskAttachment } from './disk-attachment.entity';
import { diskAttachmentRepresentation } from './disk-attachment.representation';

const [diskId, vmId] = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'];
const attachment = { diskId, vmId, bootable: true, interface: 'virtio', readOnly: false, passDiscard: false, plugged: true, status: 'ok' };

it('shows a disk attachment as oVirt does, below its VM and with the id of its disk', () => {
  const xml = toXml('disk_attachment', diskAttachmentRepresentation(attachment as DiskAttachment, new Links('/ovirt-engine/api')));
  expect(xml.replace(/^<\?xml.*?\?>\s*/, '')).toBe(
    `<disk_attachment href="/ovirt-engine/api/vms/${vmId}/diskattachments/${diskId}" id="${diskId}">` +
      '<active>true</active><bootable>true</bootable><interface>virtio</interface><pass_discard>false</pass_discard>' +
      '<read_only>false</read_only><uses_scsi_reservation>false</uses_scsi_reservation>' +
      `<disk href="/ovirt-engine/api/disks/${diskId}" id="${diskId}"/><vm href="/ovirt-engine/api/vms/${vmId}" id="${vmId}"/></disk_attachment>`,
  );
});

import { fromXml, readInput } from '@clinker/ovirt-api';
import { type NewAttachment, newAttachment } from './disk-attachment.input';

const id = '00000000-0000-4000-8000-000000000001';
const add = (xml: string): NewAttachment =>
  readInput(newAttachment, fromXml(`<disk_attachment>${xml}</disk_attachment>`).body, { type: 'DiskAttachment', method: 'add' });

describe('a new disk attachment in a request', () => {
  it('keeps of a disk with an id the id alone, whatever else is sent along', () => {
    const disk = `<disk id="${id}"><name>with spaces</name><format>qcow</format><provisioned_size>x</provisioned_size></disk>`;
    expect(add(`<active>true</active><bootable>false</bootable><interface>VIRTIO</interface>${disk}`)).toEqual({
      active: true,
      bootable: false,
      interface: 'virtio',
      disk: { id },
    });
  });

  it('takes a disk without an id as a new one', () => {
    const { disk } = add('<disk><name>web</name><format>raw</format><provisioned_size>5</provisioned_size></disk>');
    expect(disk).toEqual({ name: 'web', format: 'raw', provisioned_size: 5 });
  });

  it.each([
    ['no disk', '<active>true</active>', 'DiskAttachment [disk] required for add'],
    ['a malformed id', '<disk id="x"/>', 'not a valid UUID'],
    ['an unknown interface', `<interface>nvme</interface><disk id="${id}"/>`, 'nvme is not a member of DiskInterface'],
    ['a new disk of no size', '<disk><provisioned_size>0</provisioned_size></disk>', 'disk.provisionedSize'],
  ])('is refused with %s', (_what, xml, detail) => {
    expect(() => add(xml)).toThrow(detail);
  });
});

import { fromJson, fromXml, readInput } from '@clinker/ovirt-api';
import { type NewDisk, changedDisk, newDisk } from './disk.input';

const context = { type: 'Disk', method: 'add' };
const add = (xml: string): NewDisk => readInput(newDisk, fromXml(`<disk>${xml}</disk>`).body, context);

const ANSIBLE =
  '<content_type>data</content_type><format>raw</format><name>d1</name><provisioned_size>1073741824</provisioned_size><sparse>false</sparse>' +
  '<openstack_volume_type><name>ceph</name></openstack_volume_type><storage_domains><storage_domain><name>mbs</name></storage_domain></storage_domains>';

describe('a new disk in a request', () => {
  it('is read as Ansible sends it', () => {
    expect(add(ANSIBLE)).toEqual({
      format: 'raw',
      name: 'd1',
      provisioned_size: 1073741824,
      sparse: false,
      openstack_volume_type: { name: 'ceph' },
      storage_domains: [{ name: 'mbs' }],
    });
  });

  it('is the same in JSON, with numbers or texts', () => {
    const json = {
      name: 'd1',
      format: 'RAW',
      provisioned_size: 1024,
      shareable: true,
      storage_domains: { storage_domain: [{ name: 'x' }] },
    };
    const read = readInput(newDisk, fromJson(JSON.stringify(json)).body, context);
    expect(read).toMatchObject({ format: 'raw', provisioned_size: 1024, shareable: true, storage_domains: [{ name: 'x' }] });
  });

  it.each([
    ['no size and no format', '<name>x</name>', 'Disk [provisionedSize, format] required for add'],
    ['size 0', '<format>raw</format><provisioned_size>0</provisioned_size>', 'provisionedSize'],
    ['a size below 0', '<format>raw</format><provisioned_size>-1</provisioned_size>', 'provisionedSize'],
    ['a size beyond reason', '<format>raw</format><provisioned_size>1125899906842625</provisioned_size>', 'provisionedSize'],
    ['a size with a fraction', '<format>raw</format><provisioned_size>1.5</provisioned_size>', 'provisionedSize'],
    ['an unknown format', '<format>vmdk</format><provisioned_size>1</provisioned_size>', 'vmdk is not a member of DiskFormat'],
    ['a name with spaces', '<format>raw</format><provisioned_size>1</provisioned_size><name>a b</name>', 'name'],
    ['a long name', `<format>raw</format><provisioned_size>1</provisioned_size><name>${'a'.repeat(256)}</name>`, 'name'],
    ['a flag that is none', '<format>raw</format><provisioned_size>1</provisioned_size><shareable>2</shareable>', 'shareable'],
    [
      'a domain without id and name',
      '<format>raw</format><provisioned_size>1</provisioned_size><storage_domain/>',
      'storageDomain.id|name',
    ],
  ])('is refused with %s', (_what, xml, detail) => {
    expect(() => add(xml)).toThrow(detail);
  });

  it.each(['not-an-id', '11111111-1111-1111-1111-111111111111'])('is refused with the id %s, which is no UUID that hosts take', (id) => {
    expect(() => readInput(newDisk, { id, format: 'raw', provisioned_size: '1' }, context)).toThrow();
  });
});

describe('a changed disk in a request', () => {
  it('may say nothing', () => {
    expect(readInput(changedDisk, fromXml('<disk/>').body, { type: 'Disk', method: 'update' })).toEqual({});
  });
});

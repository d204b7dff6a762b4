import { z } from 'zod';
import {
  InvalidInput,
  fromJson,
  fromXml,
  list,
  properties,
  readInput,
  reference,
  wireBoolean,
  wireDate,
  wireEnum,
  wireInteger,
  wireObject,
  wireString,
} from './index';
import type { Fault } from './index';

const diskInput = wireObject({
  name: wireString.optional(),
  provisioned_size: wireInteger({ min: 1 }),
  format: wireEnum(['cow', 'raw'], 'DiskFormat'),
  sparse: wireBoolean.optional(),
  storage_domains: list('storage_domain', reference),
  openstack_volume_type: wireObject({ name: wireString.optional() }).optional(),
  backup_time: wireDate.optional(),
  properties: properties.optional(),
});

const DOMAIN_ID = '2e9fb41e-fe2b-4f1a-a9d4-6a3cf4a0c4a1';
const read = (text: string): z.output<typeof diskInput> =>
  readInput(diskInput, (text.startsWith('<') ? fromXml(text) : fromJson(text)).body, { type: 'Disk', method: 'add' });

function faultOf(text: string): Fault {
  try {
    read(text);
  } catch (error) {
    if (error instanceof InvalidInput) return error.fault;
    throw error;
  }
  throw new Error('the input was accepted');
}

describe('input schemas', () => {
  it('read XML and JSON alike, a list of one like a list of many, and ignore unknown members', () => {
    const xml =
      `<disk href="x"><provisioned_size> 10 </provisioned_size><format>RAW</format><sparse>false</sparse><unknown/>` +
      `<storage_domains><storage_domain id="${DOMAIN_ID.toUpperCase()}"><name>mbs</name><disks/></storage_domain></storage_domains>` +
      '<openstack_volume_type/><properties><property><name>a</name><value></value></property></properties></disk>';
    const json = {
      ...{
        provisioned_size: 10,
        format: 'raw',
        sparse: false,
        openstack_volume_type: {},
        properties: { property: [{ name: 'a', value: '' }] },
      },
      storage_domains: { storage_domain: [{ id: DOMAIN_ID, name: 'mbs' }] },
    };
    expect(read(xml)).toEqual({
      ...{ provisioned_size: 10, format: 'raw', sparse: false, openstack_volume_type: {}, properties: [{ name: 'a', value: '' }] },
      storage_domains: [{ id: DOMAIN_ID, name: 'mbs' }],
    });
    expect(read(JSON.stringify(json))).toEqual(read(xml));
  });

  it('read empty containers as empty lists, and keep absent optional ones absent', () => {
    const input = '<disk><provisioned_size>1</provisioned_size><format>raw</format><storage_domains/></disk>';
    expect(read(input)).toEqual({ provisioned_size: 1, format: 'raw', storage_domains: [] });
  });

  it('name every missing mandatory member in oVirt’s words, before all other faults', () => {
    expect(faultOf('<disk><sparse>maybe</sparse></disk>')).toEqual({
      reason: 'Incomplete parameters',
      detail: 'Disk [provisionedSize, format, storageDomains] required for add',
    });
    const nameless = '{"provisioned_size":1,"format":"raw","storage_domains":{"storage_domain":{}}}';
    expect(faultOf(nameless).detail).toBe('Disk [storageDomains.id|name] required for add');
  });

  const complete = (member: string): string =>
    `<disk><provisioned_size>1</provisioned_size><format>raw</format><storage_domains/>${member}</disk>`;

  it.each([
    [
      'a bad enum value',
      complete('').replace('raw', 'qcow9'),
      'Invalid value',
      'qcow9 is not a member of DiskFormat (format; allowed: cow, raw)',
    ],
    ['a boolean', complete('<sparse>1</sparse>'), 'Invalid value', "sparse: '1' is not a boolean; allowed: true, false"],
    [
      'a size of zero',
      complete('').replace('>1<', '>0<'),
      'Invalid value',
      "provisionedSize: '0' is not an integer from 1 to 9007199254740991",
    ],
    [
      'a size that overflows',
      complete('').replace('>1<', `>${'9'.repeat(19)}<`),
      'Invalid value',
      "provisionedSize: '9999999999999999999' is",
    ],
    ['a fraction', complete('').replace('>1<', '>1.5<'), 'Invalid value', "provisionedSize: '1.5' is not an integer"],
    ['a date', complete('<backup_time>yesterday</backup_time>'), 'Invalid value', "backupTime: 'yesterday' is not a date"],
    [
      'a malformed id',
      complete('').replace('<storage_domains/>', '<storage_domains><storage_domain id="1"/></storage_domains>'),
      'Operation failed',
      "'1' is not",
    ],
    ['an object for a text', complete('<name><a/></name>'), 'Invalid value', 'name: '],
    ['a text for an object', complete('<openstack_volume_type>ceph</openstack_volume_type>'), 'Invalid value', 'openstackVolumeType: '],
    ['a repeated element', complete('<name>a</name><name>b</name>'), 'Invalid value', 'name: '],
  ])('refuse %s', (_, text, reason, detail) => {
    expect(faultOf(text)).toEqual({ reason, detail: expect.stringContaining(detail) as string });
  });

  it('read dates with and without offset and in milliseconds', () => {
    const time = (text: string): Date | undefined => read(complete(`<backup_time>${text}</backup_time>`)).backup_time;
    expect(time('2026-01-02T03:04:05')).toEqual(new Date('2026-01-02T03:04:05Z'));
    expect(time('2019-08-20T15:13:17.128+03:00')).toEqual(new Date('2019-08-20T12:13:17.128Z'));
    expect(time('1566303197128')).toEqual(new Date(1566303197128));
  });
});

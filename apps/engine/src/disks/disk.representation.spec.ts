import { Links, toJson, toXml } from '@clinker/ovirt-api';
import type { Disk } from './disk.entity';
import { diskRepresentation, diskStatistics } from './disk.representation';

const id = '00000000-0000-4000-8000-000000000001';
const links = new Links('/ovirt-engine/api');
const disk = {
  id,
  name: 'web',
  description: '',
  storageDomainId: '00000000-0000-4000-8000-000000000002',
  volumeId: '00000000-0000-4000-8000-000000000003',
  volumeType: 'gold',
  provisionedSize: 1073741824,
  status: 'ok',
  format: 'raw',
  sparse: true,
  shareable: false,
  wipeAfterDelete: false,
  propagateErrors: true,
  diskProfileId: null,
  quotaId: null,
} as Disk;

describe('a disk', () => {
  it('has what clients cannot do without', () => {
    const xml = toXml('disk', diskRepresentation(disk, links));
    expect(xml).toContain(`<disk href="/ovirt-engine/api/disks/${id}" id="${id}">`);
    const parts = [
      '<name>web</name>',
      '<description></description>',
      '<alias>web</alias>',
      '<actual_size>1073741824</actual_size>',
      '<total_size>1073741824</total_size>',
      '<provisioned_size>1073741824</provisioned_size>',
      '<format>raw</format>',
      '<sparse>true</sparse>',
      '<status>ok</status>',
      '<storage_type>cinder</storage_type>',
      '<content_type>data</content_type>',
      '<image_id>00000000-0000-4000-8000-000000000003</image_id>',
      '<propagate_errors>true</propagate_errors>',
      '<openstack_volume_type><name>gold</name></openstack_volume_type>',
      '<storage_domains><storage_domain href="/ovirt-engine/api/storagedomains/00000000-0000-4000-8000-000000000002"',
      `<link href="/ovirt-engine/api/disks/${id}/statistics" rel="statistics"/>`,
      `<link href="/ovirt-engine/api/disks/${id}/move" rel="move"/>`,
    ];
    parts.forEach((part) => expect(xml).toContain(part));
  });

  it('has no image and no size of it while there is no volume', () => {
    const { image_id, actual_size, total_size, openstack_volume_type } = diskRepresentation(
      { ...disk, volumeId: null, volumeType: null },
      links,
    );
    expect([image_id, actual_size, total_size, openstack_volume_type]).toEqual([undefined, 0, 0, undefined]);
  });

  it('is written with texts in JSON', () => {
    const json = JSON.parse(toJson('disk', diskRepresentation(disk, links))) as Record<string, unknown>;
    expect(json).toMatchObject({ id, provisioned_size: '1073741824', sparse: 'true', storage_domains: { storage_domain: [{}] } });
  });
});

describe('the statistics of a disk', () => {
  it('are five, each with an id of its own that stays', () => {
    const statistics = diskStatistics(disk, links);
    expect(statistics.map(({ name }) => name)).toEqual([
      'data.current.read',
      'data.current.write',
      'disk.read.latency',
      'disk.write.latency',
      'disk.flush.latency',
    ]);
    expect(new Set(statistics.map((one) => one.id)).size).toBe(5);
    expect(diskStatistics(disk, links)).toEqual(statistics);
    statistics.forEach((one) => expect(one.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-3[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/));
  });
});

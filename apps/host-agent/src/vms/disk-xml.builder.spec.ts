import type { DiskDefinition } from '@clinker/agent-protocol';
import { join } from 'node:path';
import { CLUSTER, SECRET_UUID, sampleDisk, sampleSource } from '../testing/definitions.testing';
import { expectGolden } from '../testing/golden.testing';
import type { RbdAttachment } from '../volumes/connector';
import { diskXml } from './disk-xml.builder';

const attachment: RbdAttachment = {
  kind: 'rbd',
  image: sampleSource.image,
  monitors: sampleSource.monitors,
  configFile: `/run/clinker/ceph/${CLUSTER}.conf`,
  auth: { user: 'cinder', secretUuid: SECRET_UUID },
};
const golden = (name: string): string => join(__dirname, 'golden', `${name}.xml`);
const xmlOf = (changes: Partial<DiskDefinition>, change: Partial<RbdAttachment> = {}, target = 'vda'): string =>
  diskXml({ disk: sampleDisk(changes), attachment: { ...attachment, ...change }, target });

describe('diskXml', () => {
  it('is the golden file for a virtio disk on three monitors, one of them IPv6', () => {
    expectGolden(golden('disk-virtio'), xmlOf({}));
  });

  it('is the golden file for a virtio-scsi disk with everything that a disk can have', () => {
    const everything = {
      interface: 'virtio_scsi',
      readOnly: true,
      passDiscard: true,
      cache: 'writeback',
      errorPolicy: 'report',
      bootOrder: 2,
      ioLimits: { read_bytes_sec: 1_048_576, write_bytes_sec: 2_097_152, total_iops_sec: 100 },
    } as const;
    expectGolden(golden('disk-virtio-scsi'), xmlOf(everything, {}, 'sdab'));
  });

  it('is the golden file for a cluster without cephx', () => {
    expectGolden(golden('disk-without-auth'), xmlOf({}, { auth: null }));
  });

  it('never caches a shared disk', () => {
    const xml = xmlOf({ shareable: true, cache: 'writeback' });
    expect(xml).toContain('<shareable/>');
    expect(xml).toContain('cache="none"');
  });

  it('escapes what could break out of the XML, and replaces what XML cannot carry', () => {
    const xml = xmlOf({}, { image: `pool/a"b<c>'&\u0000`, auth: { user: '"/><evil/>', secretUuid: SECRET_UUID } });
    expect(xml).toContain(`name="pool/a&quot;b&lt;c&gt;'&amp;_"`);
    expect(xml).not.toContain('<evil');
  });
});

import type { VmDefinition } from '@clinker/agent-protocol';
import { join } from 'node:path';
import {
  CLUSTER,
  OTHER_DISK_ID,
  OTHER_NIC_ID,
  SECRET_UUID,
  VM_ID,
  sampleDisk,
  sampleNic,
  sampleSource,
  sampleVm,
} from '../testing/definitions.testing';
import { expectGolden } from '../testing/golden.testing';
import { type PlacedDisk, diskXml } from './disk-xml.builder';
import { consoleLog, domainXml } from './domain-xml.builder';
import { readDomainXml } from './domain-xml.reader';
import { nicXml } from './nic-xml.builder';

const kvm = { emulation: 'kvm', consoleFolder: '/var/log/clinker/consoles' } as const;
const emulated = { ...kvm, emulation: 'qemu' } as const;
const golden = (name: string): string => join(__dirname, 'golden', `${name}.xml`);

const place = (disk: PlacedDisk['disk'], target: string): PlacedDisk => ({
  disk,
  target,
  attachment: {
    kind: 'rbd',
    image: disk.source.image,
    monitors: disk.source.monitors,
    configFile: `/run/clinker/ceph/${CLUSTER}.conf`,
    auth: { user: 'cinder', secretUuid: SECRET_UUID },
  },
});

const boot = sampleDisk({ bootOrder: 1 });
const data = sampleDisk({ diskId: OTHER_DISK_ID, interface: 'virtio_scsi', source: { ...sampleSource, image: 'volumes/data' } });
const os = {
  kernel: '/boot/vmlinuz',
  initrd: '/boot/initrd.img',
  cmdline: 'console=ttyS0 root="a b" <&>',
  bootDevices: [],
} satisfies VmDefinition['os'];

describe('domainXml', () => {
  it('is the golden file for a guest with two disks and two interfaces under KVM', () => {
    const nics = [sampleNic({ mtu: 9000 }), sampleNic({ nicId: OTHER_NIC_ID, bridge: null, linked: false, model: 'e1000' })];
    const vm = sampleVm({ disks: [boot, data], nics });
    expectGolden(golden('domain-kvm'), domainXml(vm, [place(boot, 'vda'), place(data, 'sda')], kvm));
  });

  it('is the golden file for a direct kernel boot under emulation', () => {
    expectGolden(golden('domain-emulated'), domainXml(sampleVm({ os }), [], emulated));
  });

  it('is the golden file for a guest whose display can be reached', () => {
    expectGolden(golden('domain-display'), domainXml(sampleVm(), [], { ...emulated, consoleAddress: '192.0.2.7' }));
  });

  it('is the golden file for a guest that is initialized', () => {
    const seedImage = `/run/clinker/seeds/${VM_ID}.iso`;
    expectGolden(golden('domain-seed'), domainXml(sampleVm({ disks: [data] }), [place(data, 'sda')], { ...kvm, seedImage }));
  });

  it('holds the same disk element that hot plug sends', () => {
    const placed = place(data, 'sda');
    const unindented = (xml: string): string => xml.replace(/\n\s*/g, '');
    expect(unindented(domainXml(sampleVm({ disks: [data] }), [placed], kvm))).toContain(unindented(diskXml(placed)));
  });

  it('holds the same interface element that hot plug sends', () => {
    const nic = sampleNic();
    const unindented = (xml: string): string => xml.replace(/\n\s*/g, '');
    expect(unindented(domainXml(sampleVm({ nics: [nic] }), [], kvm))).toContain(unindented(nicXml(nic)));
  });

  it('names boot devices only when no disk has a place in the order, and each once', () => {
    const devices = sampleVm({ os: { ...os, bootDevices: ['network', 'hd', 'network'] } });
    expect(domainXml(devices, [], kvm).match(/<boot dev="\w+"/g)).toEqual(['<boot dev="network"', '<boot dev="hd"']);
    expect(domainXml({ ...devices, disks: [boot] }, [place(boot, 'vda')], kvm)).not.toContain('<boot dev');
  });

  it('makes a name that libvirt takes, and keeps the original in the metadata', () => {
    const xml = domainXml(sampleVm({ name: ' ../a/b\n<x>&"\u0007 ' }), [], kvm);
    expect(xml).toContain('<name>_.._a_b_&lt;x&gt;&amp;"__-11111111</name>');
    expect(xml).toContain('&lt;x&gt;&amp;"_ </clinker:name>');
  });

  it('is recognised as ours', () => {
    expect(readDomainXml(domainXml(sampleVm(), [], kvm)).ours).toBe(true);
  });

  it('rounds memory up to whole KiB', () => {
    expect(domainXml(sampleVm({ memoryBytes: 1_073_741_825 }), [], kvm)).toContain('<memory unit="KiB">1048577</memory>');
  });
});

test('a console log is one file per VM', () => {
  expect(consoleLog('/logs', VM_ID)).toBe(`/logs/${VM_ID}.log`);
});

import { DISK_ID, NIC_ID } from '../testing/definitions.testing';
import { readDomainXml } from './domain-xml.reader';

const disk = (inner: string): string => `<domain type='kvm'><devices><disk type='network'>${inner}</disk></devices></domain>`;

describe('readDomainXml', () => {
  it('reads a disk as libvirt shows it live', () => {
    const xml = disk(`
      <driver name='qemu' type='raw'/>
      <auth username='cinder'><secret type='ceph' uuid='x'/></auth>
      <source protocol='rbd' name='volumes/volume-1' index='2'><host name='10.0.0.1' port='3300'/><config file='/run/clinker/ceph/c1.conf'/></source>
      <target dev='sda' bus='scsi'/><shareable/><serial>${DISK_ID}</serial>
      <alias name='ua-${DISK_ID}'/><address type='drive' controller='0' target='0' unit='0'/>`);
    const expected = {
      alias: `ua-${DISK_ID}`,
      diskId: DISK_ID,
      target: 'sda',
      source: 'volumes/volume-1',
      identity: 'rbd:c1:volumes/volume-1',
      shareable: true,
    };
    expect(readDomainXml(xml)).toEqual({ ours: false, disks: [expected], nics: [], console: null });
  });

  it('takes no notice of what is below a disk’s backing store or mirror', () => {
    const xml = disk(`<source dev='/dev/a'/><backingStore type='file'><source file='/b'/><config file='/x/y.conf'/></backingStore>
      <mirror><source dev='/dev/c'/></mirror><target dev='vda'/>`);
    expect(readDomainXml(xml).disks).toEqual([
      { alias: null, diskId: null, target: 'vda', source: '/dev/a', identity: '/dev/a', shareable: false },
    ]);
  });

  it('knows an empty drive and devices that are no disks', () => {
    const xml = `<domain><devices><emulator>/usr/bin/qemu</emulator><disk device='cdrom'><target dev='sdb'/></disk><interface><target dev='vnet0'/></interface></devices></domain>`;
    expect(readDomainXml(xml).disks).toMatchObject([{ target: 'sdb', source: '' }]);
  });

  it('knows where the display is to be reached', () => {
    const xml = (listen: string) =>
      `<domain><devices><graphics type='vnc' port='5901' autoport='yes'>${listen}</graphics></devices></domain>`;
    expect(readDomainXml(xml("<listen type='address' address='fd00::7'/>")).console).toEqual({ address: 'fd00::7', port: 5901 });
    expect(readDomainXml(xml("<listen type='socket' socket='/run/x'/>")).console).toBeNull();
  });

  it('reads interfaces as libvirt shows them live', () => {
    const xml = `<domain><devices>
      <interface type='bridge'><mac address='56:6f:00:00:00:01'/><source bridge='br0'/><target dev='vnet0'/><model type='virtio'/>
        <link state='down'/><mtu size='9000'/><alias name='ua-${NIC_ID}'/><address type='pci' bus='0x01'/></interface>
      <interface type='ethernet'><mac address='56:6f:00:00:00:02'/><target dev='vnet1'/><model type='e1000'/><alias name='net1'/></interface>
    </devices></domain>`;
    expect(readDomainXml(xml).nics).toEqual([
      { nicId: NIC_ID, mac: '56:6f:00:00:00:01', model: 'virtio', bridge: 'br0', linked: false, mtu: 9000 },
      { nicId: null, mac: '56:6f:00:00:00:02', model: 'e1000', bridge: null, linked: true, mtu: null },
    ]);
  });

  it('keeps the same image of two clusters apart', () => {
    const of = (cluster: string): string | undefined =>
      readDomainXml(disk(`<source protocol='rbd' name='p/i'><config file='/r/${cluster}.conf'/></source>`)).disks[0]?.identity;
    expect(of('a')).not.toBe(of('b'));
  });
});

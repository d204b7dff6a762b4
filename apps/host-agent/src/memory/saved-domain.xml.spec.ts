import { savedDomainXml } from './saved-domain.xml';

const saved = (alias = 'ua-1') => `<domain type='qemu'>
  <name>old</name>
  <devices>
    <disk type='network' device='disk'>
      <driver name='qemu' type='raw'/>
      <auth username='old'><secret type='ceph' uuid='u'/></auth>
      <source protocol='rbd' name='pool/old' index='1'><host name='a'/></source>
      <backingStore/>
      <target dev='vda' bus='virtio'/>
      <alias name='${alias}'/>
      <address type='pci' bus='0x03'/>
    </disk>
    <interface type='bridge'>
      <mac address='52:54:00:00:00:01'/>
      <source bridge='old0'/>
      <target dev='vnet7'/>
      <model type='virtio'/>
      <alias name='ua-9'/>
      <address type='pci' bus='0x01'/>
    </interface>
    <serial type='pty'><log file='/old/vm.log' append='off'/><target port='0'/></serial>
    <console type='pty'><log file='/old/vm.log' append='off'/></console>
    <graphics type='vnc' port='5900' autoport='yes' listen='192.0.2.1'><listen type='address' address='192.0.2.1'/></graphics>
  </devices>
</domain>`;

const wanted = `<domain type='qemu'>
  <name>new</name>
  <devices>
    <disk type='network' device='disk'>
      <source protocol='rbd' name='pool/new'><host name='b'/><auth username='new'><secret type='ceph' uuid='v'/></auth></source>
      <target dev='vda' bus='virtio'/>
      <alias name='ua-1'/>
    </disk>
    <interface type='ethernet'><mac address='52:54:00:00:00:01'/><link state='down'/><alias name='ua-9'/></interface>
    <serial type='pty'><log file='/new/vm.log' append='off'/></serial>
    <graphics type='vnc' port='-1' passwd='locked'/>
  </devices>
</domain>`;

describe('the domain of a guest that goes on from its memory', () => {
  it('is the saved one, with its data, networks and console where they are now', () => {
    const xml = savedDomainXml(saved(), wanted);
    expect(xml).toContain('<name>old</name>');
    expect(xml).toContain('<address type="pci" bus="0x03"/>');
    expect(xml).toContain(
      '<source protocol="rbd" name="pool/new"><host name="b"/><auth username="new"><secret type="ceph" uuid="v"/></auth></source>',
    );
    expect(xml).toMatch(/<interface type="ethernet">.*<address type="pci" bus="0x01"\/>\s*<link state="down"\/><\/interface>/s);
    expect(xml.match(/\/new\/vm\.log/g)).toHaveLength(2);
    expect(xml).not.toMatch(/pool\/old|username="old"|backingStore|\/old\/|old0|vnet7|192\.0\.2\.1/);
    expect(xml).toContain('<graphics type="vnc" port="-1" passwd="locked"/>');
  });

  it('is refused if the VM has other disks now', () => {
    expect(() => savedDomainXml(saved('ua-2'), wanted)).toThrow('the memory was saved of a VM with the disks ua-2, and it has ua-1 now');
  });
});

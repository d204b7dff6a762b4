import { machine } from 'node:os';
import { FileTree } from '../testing/files.testing';
import { ConnectorPropertiesReader, type ConnectorSources } from './connector-properties.reader';
import { HostFiles } from './host.files';
import type { RunProgram } from './program';

const identity = { host: 'host-9', ip: '192.0.2.10' };
const BARE = { platform: machine(), os_type: 'linux', ...identity, multipath: false, do_local_attach: false, nvme_native_multipath: false };

describe('ConnectorPropertiesReader on a tree of files', () => {
  let tree: FileTree;
  const run = jest.fn<Promise<string | null>, Parameters<RunProgram>>();

  beforeEach(async () => {
    tree = await FileTree.create();
    run.mockReset().mockResolvedValue(null);
  });
  afterEach(() => tree.remove());

  const read = (sources: ConnectorSources = {}): Promise<Record<string, unknown>> =>
    new ConnectorPropertiesReader({
      files: new HostFiles(tree.root),
      run,
      multipathd: async () => false,
      lightos: async () => false,
      ...sources,
    }).read(identity);

  const fibreChannelPort = async (name: string, attributes: Record<string, string>): Promise<void> => {
    for (const [key, value] of Object.entries(attributes)) await tree.write(`sys/class/fc_host/${name}/${key}`, `${value}\n`);
  };

  it('is the base keys on a bare machine', async () => {
    await expect(read()).resolves.toEqual(BARE);
  });

  it.each([
    ['InitiatorName=iqn.2024-01.org.example:a\n', 'iqn.2024-01.org.example:a'],
    ['# comment\nInitiatorAlias=x\n InitiatorName=spaced\nInitiatorName=  iqn.b  \nInitiatorName=iqn.c\n', 'iqn.b'],
    ['InitiatorName=iqn.with=sign', 'iqn.with=sign'],
    ['InitiatorName=\nInitiatorName=iqn.second\n', undefined],
    ['GenerateName=yes\n', undefined],
  ])('reads the initiator of %p', async (text, initiator) => {
    await tree.write('etc/iscsi/initiatorname.iscsi', text);
    expect((await read())['initiator']).toBe(initiator);
  });

  it('gives the ports of Fibre Channel that are online, and leaves out what cannot be read', async () => {
    await fibreChannelPort('host1', { port_name: '0x21000024ff111111', node_name: '0x20000024ff111111', port_state: 'Online' });
    await fibreChannelPort('host2', { port_name: '0x21000024ff222222', node_name: '0x20000024ff222222', port_state: 'Linkdown' });
    await fibreChannelPort('host3', { port_name: '0x21000024ff333333', port_state: 'Online' });
    await fibreChannelPort('host4', { port_name: '0x21000024ff444444', node_name: '0x20000024ff111111', port_state: 'Online' });
    await expect(read()).resolves.toEqual({
      ...BARE,
      wwpns: ['21000024ff111111', '21000024ff444444'],
      wwnns: ['20000024ff111111', '20000024ff111111'],
    });
  });

  it('leaves the Fibre Channel keys out when no port is online', async () => {
    await fibreChannelPort('host1', { port_name: '0x1', node_name: '0x2', port_state: 'Offline' });
    await expect(read()).resolves.toEqual(BARE);
  });

  it('knows NVMe: name, native multipath, and LightOS only together with a name', async () => {
    await tree.write('sys/module/nvme_core/parameters/multipath', 'Y\n');
    await expect(read({ lightos: async () => true })).resolves.toEqual({ ...BARE, nvme_native_multipath: true });
    await tree.write('etc/nvme/hostnqn', 'nqn.2014-08.org.nvmexpress:uuid:1\n');
    const named = { ...BARE, nvme_native_multipath: true, nqn: 'nqn.2014-08.org.nvmexpress:uuid:1' };
    await expect(read({ lightos: async () => true })).resolves.toEqual({ ...named, found_dsc: 'found' });
    await expect(read()).resolves.toEqual({ ...named, found_dsc: '' });
    await tree.write('etc/nvme/hostnqn', '\n');
    expect((await read())['nqn']).toBeUndefined();
  });

  it('finds the UUID of the root filesystem by udev’s links, without a process', async () => {
    await tree.write('proc/self/mountinfo', '1 0 8:1 / / rw - ext4 /dev/sda1 rw\n30 1 8:2 / /srv rw - ext4 /dev/sda2 rw\n');
    await tree.link('dev/disk/by-uuid/aaaa', '../../sda2');
    await tree.link('dev/disk/by-uuid/bb\\x20bb', '../../sda1');
    expect((await read())['uuid']).toBe('bb bb');
    expect(run).not.toHaveBeenCalledWith('blkid', expect.anything());
  });

  it('takes the mount that covers the others, and asks blkid once where there are no links', async () => {
    await tree.write('proc/self/mountinfo', '1 0 0:1 / / rw - rootfs none rw\n2 1 254:0 / / rw - ext4 /dev/vda rw\n');
    run.mockImplementation(async (program) => (program === 'blkid' ? 'cccc\n' : null));
    const reader = new ConnectorPropertiesReader({ files: new HostFiles(tree.root), run, multipathd: async () => false });
    expect((await reader.read(identity))['uuid']).toBe('cccc');
    expect((await reader.read(identity))['uuid']).toBe('cccc');
    expect(run.mock.calls.filter(([program]) => program === 'blkid')).toEqual([['blkid', ['/dev/vda', '-s', 'UUID', '-o', 'value']]]);
  });

  it.each(['1 0 0:1 / / rw - overlay overlay rw\n', '1 0 0:1 / / rw - zfs pool/root rw\n', ''])('has no UUID for %p', async (mountinfo) => {
    await tree.write('proc/self/mountinfo', mountinfo);
    expect(await read()).not.toHaveProperty('uuid');
  });

  it('has the system UUID under os-brick’s key, from the file or else from dmidecode', async () => {
    run.mockImplementation(async (program) => (program === 'dmidecode' ? 'DDDD\n' : null));
    expect((await read())['system uuid']).toBe('DDDD');
    await tree.write('sys/class/dmi/id/product_uuid', 'eeee\n');
    expect((await read())['system uuid']).toBe('eeee');
  });

  it('says whether multipathd runs', async () => {
    expect((await read({ multipathd: async () => true }))['multipath']).toBe(true);
  });
});

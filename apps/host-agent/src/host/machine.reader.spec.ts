import { machine } from 'node:os';
import { FileTree } from '../testing/files.testing';
import { HostFiles } from './host.files';
import { MachineReader } from './machine.reader';

const cpu = (number: number, socket: number): string =>
  `processor\t: ${number}\nmodel name\t: Sample CPU @ 2.50GHz: big\ncpu MHz\t\t: 2499.998\nphysical id\t: ${socket}\nsiblings\t: 4\ncpu cores\t: 2\n`;

describe('MachineReader', () => {
  let tree: FileTree;
  beforeEach(async () => (tree = await FileTree.create()));
  afterEach(() => tree.remove());
  const reader = (): MachineReader => new MachineReader(new HostFiles(tree.root));

  it('counts sockets, cores and threads', async () => {
    await tree.write('proc/cpuinfo', [0, 1, 2, 3, 4, 5, 6, 7].map((number) => cpu(number, number >> 2)).join('\n'));
    const expected = { name: 'Sample CPU @ 2.50GHz: big', architecture: machine(), speedMhz: 2500, sockets: 2, cores: 2, threads: 2 };
    await expect(reader().processor()).resolves.toEqual(expected);
  });

  it('makes do with a kernel that tells little', async () => {
    await tree.write('proc/cpuinfo', 'processor\t: 0\nBogoMIPS\t: 50\n\nprocessor\t: 1\nBogoMIPS\t: 50\n');
    await expect(reader().processor()).resolves.toMatchObject({ name: machine(), sockets: 1, cores: 2, threads: 1, speedMhz: 0 });
  });

  it('reads memory in bytes', async () => {
    await tree.write('proc/meminfo', 'MemTotal:       24567 kB\nMemFree:  1 kB\nMemAvailable:    1000 kB\n');
    await expect(reader().memory()).resolves.toEqual({ totalBytes: 24_567 * 1024, availableBytes: 1_000 * 1024 });
  });

  it('reads the operating system, quoted or not, and does without', async () => {
    await expect(reader().operatingSystem()).resolves.toMatchObject({ osName: 'Linux', osVersion: '' });
    await tree.write('etc/os-release', 'PRETTY_NAME="Debian"\nNAME="Debian GNU/Linux"\nVERSION_ID=12\n');
    await expect(reader().operatingSystem()).resolves.toMatchObject({ osName: 'Debian GNU/Linux', osVersion: '12' });
  });

  it('takes an empty hardware UUID for none', async () => {
    await expect(reader().hardwareUuid()).resolves.toBeNull();
    await tree.write('sys/class/dmi/id/product_uuid', '\n');
    await expect(reader().hardwareUuid()).resolves.toBeNull();
  });

  it('finds the bridges among the network interfaces, in order', async () => {
    await expect(reader().bridges()).resolves.toEqual([]);
    await tree.folder('sys/class/net');
    for (const name of ['ovirtmgmt', 'br0']) {
      await tree.folder(`sys/devices/virtual/net/${name}/bridge`);
      await tree.link(`sys/class/net/${name}`, `../../devices/virtual/net/${name}`);
    }
    await tree.folder('sys/class/net/eth0/brport');
    await expect(reader().bridges()).resolves.toEqual(['br0', 'ovirtmgmt']);
    await expect(reader().isBridge('eth0')).resolves.toBe(false);
    await expect(reader().isBridge('br0')).resolves.toBe(true);
  });
});

import { cpus } from 'node:os';
import { LibvirtClient } from './libvirt.client';
import { labSocketPath } from './testing/lab.socket';

describe('NodeClient on a real libvirtd', () => {
  const client = new LibvirtClient({ socketPath: labSocketPath() });

  beforeAll(() => client.connect());
  afterAll(() => client.close());

  it('knows the versions and the name of the host', async () => {
    await expect(client.node.libvirtVersion()).resolves.toMatch(/^\d+\.\d+\.\d+$/);
    await expect(client.node.hypervisorVersion()).resolves.toMatch(/^\d+\.\d+\.\d+$/);
    await expect(client.node.hostname()).resolves.toMatch(/^[\w.-]+$/);
  });

  it('describes the host', async () => {
    const info = await client.node.info();
    expect(info).toMatchObject({ cpuModel: 'x86_64', cpus: cpus().length });
    expect(info.nodes * info.sockets * info.cores * info.threads).toBeGreaterThanOrEqual(info.cpus);
    expect(info.memoryBytes).toBeGreaterThan(await client.node.freeMemoryBytes());
    await expect(client.node.capabilitiesXml()).resolves.toMatch(/^<capabilities>[\s\S]*<host>/);
  });

  it('says what a domain may have', async () => {
    const xml = await client.node.domainCapabilitiesXml({ virtType: 'qemu', arch: 'x86_64' });
    expect(xml).toContain('<domain>qemu</domain>');
    await expect(client.node.domainCapabilitiesXml({ arch: 'no-such-arch' })).rejects.toMatchObject({ name: 'LibvirtError' });
  });

  it('measures the host', async () => {
    const memory = await client.node.memoryStatistics();
    expect(memory.get('total')).toBeGreaterThan(memory.get('free') ?? Infinity);
    const before = await client.node.cpuStatistics();
    expect([...before.keys()].sort()).toEqual(['idle', 'iowait', 'kernel', 'user']);
    expect(before.get('idle')).toBeGreaterThan(0n);
  });
});

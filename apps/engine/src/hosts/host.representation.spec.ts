import { Links, toXml } from '@clinker/ovirt-api';
import type { Host } from './host.entity';
import { type HostView, hostRepresentation, hostStatistics, versionRepresentation } from './host.representation';

const ID = '0d0e5a4e-6b1a-4a35-a2f4-0a9a1c2b3d4e';
const GIB = 1_073_741_824;

const host: Host = {
  id: ID,
  name: 'host-1',
  clusterId: '11111111-1111-4111-8111-111111111111',
  comment: '',
  address: '10.77.0.101',
  status: 'up',
  agentRunId: 'run',
  heartbeatAt: new Date(),
  memoryFreeBytes: 3 * GIB,
  secretUuids: [],
  capabilities: {
    hostName: 'host-1',
    address: '10.77.0.101',
    bootId: 'boot',
    agentVersion: '0.1.0',
    libvirtVersion: '9.0.0',
    qemuVersion: '7.2.0',
    osName: 'Debian GNU/Linux',
    osVersion: '12',
    kernelVersion: '6.1.0',
    emulation: 'kvm',
    hardwareUuid: 'u',
    cpu: { name: 'EPYC', architecture: 'x86_64', speedMhz: 2499.8, sockets: 1, cores: 2, threads: 1 },
    memoryBytes: 8 * GIB,
    connector: { initiator: 'iqn.1993-08.org.debian:01:abc', host: 'host-1' },
  },
};
const view: HostView = { host, load: { active: 1, total: 2, memoryBytes: GIB } };
const links = new Links('/api');

describe('a host on the wire', () => {
  it('has what clients read of it', () => {
    const text = toXml('host', hostRepresentation(view, links));
    for (const part of [
      '<status>up</status>',
      '<initiator>iqn.1993-08.org.debian:01:abc<',
      '<active>1<',
      '<total>2<',
      '<speed>2500<',
      '<full_version>libvirt-9.0.0<',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).toContain(`<memory>${8 * GIB}</memory>`);
    expect(text).toContain(`<max_scheduling_memory>${7 * GIB - 321 * 1_048_576}</max_scheduling_memory>`);
    expect(text).toContain('<cluster href="/api/clusters/11111111-1111-4111-8111-111111111111"');
  });

  it('never offers less than no memory, and shows an empty initiator if it has none', () => {
    const full = hostRepresentation(
      { host: { ...host, capabilities: { ...host.capabilities, connector: {} } }, load: { ...view.load, memoryBytes: 9 * GIB } },
      links,
    );
    expect(full['max_scheduling_memory']).toBe(0);
    expect(full['iscsi']).toEqual({ initiator: '' });
  });

  it('counts its memory', () => {
    const data = hostStatistics(view, links).map(({ name, values }) => [name, values]);
    expect(data).toEqual([
      ['memory.total', { value: [{ datum: 8 * GIB }] }],
      ['memory.used', { value: [{ datum: 5 * GIB }] }],
      ['memory.free', { value: [{ datum: 3 * GIB }] }],
    ]);
  });

  it('reads any version', () => {
    expect(versionRepresentation('12')).toEqual({ major: 12, minor: 0, build: 0, revision: 0, full_version: '12' });
    expect(versionRepresentation('8.2.2-1ubuntu')).toMatchObject({ major: 8, minor: 2, build: 2 });
    expect(versionRepresentation('')).toMatchObject({ major: 0 });
  });
});

import type { Initialization } from './initialization.input';
import { seedDocuments } from './seed.documents';

const RUN = '0d0e5a4e-6b1a-4a35-a2f4-0a9a1c2b3d4e';
const MACS = ['56:6f:00:00:00:01', '56:6f:00:00:00:02'];

const fileOf = (name: string, initialization: Initialization, macs: readonly string[] = MACS): string | undefined =>
  seedDocuments(initialization, { runId: RUN, macs }).files.find(({ path }) => path === `openstack/latest/${name}`)?.content;
const jsonOf = (name: string, initialization: Initialization, macs?: readonly string[]): unknown => {
  const text = fileOf(name, initialization, macs);
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
};
const cloudConfig = (text = ''): unknown => {
  expect(text).toMatch(/^#cloud-config\n/);
  return JSON.parse(text.slice(text.indexOf('\n'))) as unknown;
};
const nics = (...nic_configuration: NonNullable<Initialization['nic_configurations']>['nic_configuration']): Initialization => ({
  nic_configurations: { nic_configuration },
});

/** The parts of a document, decoded: their content types and texts. */
function partsOf(text = ''): [string, string][] {
  const boundary = /boundary="(.+)"/.exec(text)?.[1] ?? 'none';
  return text
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => {
      const [head = '', body = ''] = part.split('\n\n');
      return [/Content-Type: ([^;]+)/.exec(head)?.[1] ?? '', Buffer.from(body, 'base64').toString()];
    });
}

describe('the documents for cloud-init', () => {
  it('are a volume of OpenStack with the id of the run, even if there is nothing to say', () => {
    const seed = seedDocuments({}, { runId: RUN, macs: MACS });
    expect(seed.label).toBe('config-2');
    expect(seed.files.map(({ path }) => path)).toEqual(['openstack/latest/meta_data.json', 'openstack/latest/user_data']);
    expect(jsonOf('meta_data.json', {})).toMatchObject({ uuid: RUN, launch_index: 0 });
    expect(cloudConfig(fileOf('user_data', {}))).toEqual({});
    expect(seedDocuments({}, { runId: RUN, macs: MACS })).toEqual(seed);
  });

  it('name the host and its keys', () => {
    const keys = 'ssh-ed25519 AAAA me\r\n\n  ssh-rsa BBBB\n';
    expect(jsonOf('meta_data.json', { host_name: 'web', authorized_ssh_keys: keys })).toMatchObject({
      hostname: 'web',
      name: 'web',
      public_keys: { 0: 'ssh-ed25519 AAAA me', 1: 'ssh-rsa BBBB' },
    });
  });

  it('give password and keys to root, or to the user that is named', () => {
    expect(cloudConfig(fileOf('user_data', { root_password: 's: "x"' }))).toEqual({
      user: 'root',
      disable_root: false,
      password: 's: "x"',
      chpasswd: { expire: false },
      ssh_pwauth: true,
    });
    expect(cloudConfig(fileOf('user_data', { user_name: 'me', authorized_ssh_keys: 'ssh-rsa A' }))).toEqual({ user: 'me' });
    expect(cloudConfig(fileOf('user_data', { regenerate_ssh_keys: false, timezone: 'Europe/Prague' }))).toEqual({
      ssh_deletekeys: false,
      timezone: 'Europe/Prague',
    });
  });

  it.each([
    ['timezone: Etc/GMT\nruncmd: [ "echo ž" ]\n', 'text/cloud-config'],
    ['#!/bin/sh\necho hello\n', 'text/plain'],
    ['#cloud-config\nruncmd: []\n', 'text/plain'],
  ])('have the script %j after what is ours, as %s', (script, type) => {
    const parts = partsOf(fileOf('user_data', { timezone: 'Europe/Prague', custom_script: script }));
    expect(parts.map(([kind]) => kind)).toEqual(['text/cloud-config', type]);
    expect(cloudConfig(parts[0]![1])).toEqual({ timezone: 'Europe/Prague' });
    expect(parts[1]![1]).toBe(script);
  });

  it('say nothing of the network if nobody does', () => {
    expect(jsonOf('network_data.json', { host_name: 'web' })).toBeUndefined();
    expect(jsonOf('network_data.json', { dns_servers: '10.0.0.1' }, [])).toBeUndefined();
  });

  it('give an interface its addresses and routes', () => {
    const ip = { address: '10.0.0.5', netmask: '255.255.255.0', gateway: '10.0.0.1' };
    const ipv6 = { address: 'fd00::5', netmask: '60', gateway: 'fd00::1' };
    const eth0 = { name: 'eth0', boot_protocol: 'static', ip, ipv6_boot_protocol: 'static', ipv6 } as const;
    const asked = { ...nics(eth0), dns_servers: '10.0.0.2 fd00::2', dns_search: 'a.example b.example' };
    expect(jsonOf('network_data.json', asked)).toEqual({
      links: [{ id: 'eth0', type: 'phy', name: 'eth0' }],
      networks: [
        {
          id: 'eth0-ipv4',
          link: 'eth0',
          type: 'ipv4',
          ip_address: '10.0.0.5',
          netmask: '255.255.255.0',
          routes: [{ network: '0.0.0.0', netmask: '0.0.0.0', gateway: '10.0.0.1' }],
          dns_nameservers: ['10.0.0.2', 'fd00::2'],
          dns_search: ['a.example', 'b.example'],
        },
        {
          id: 'eth0-ipv6',
          link: 'eth0',
          type: 'ipv6',
          ip_address: 'fd00::5',
          netmask: 'ffff:ffff:ffff:fff0::',
          routes: [{ network: '::', netmask: '::', gateway: 'fd00::1' }],
        },
      ],
      services: [
        { type: 'dns', address: '10.0.0.2' },
        { type: 'dns', address: 'fd00::2' },
      ],
    });
  });

  it('let interfaces find out by themselves, or have none', () => {
    const types = (...configured: Parameters<typeof nics>): unknown =>
      (jsonOf('network_data.json', nics(...configured)) as { networks: { type: string; netmask?: string }[] }).networks.map(
        ({ type, netmask }) => [type, ...(netmask ? [netmask] : [])],
      );
    expect(types({ name: 'a', boot_protocol: 'dhcp' }, { name: 'b', boot_protocol: 'none', ip: { address: '10.0.0.5' } })).toEqual([
      ['ipv4_dhcp'],
    ]);
    expect(types({ name: 'a', ip: { address: '10.0.0.5', netmask: '20' } })).toEqual([['ipv4', '255.255.240.0']]);
    expect(types({ name: 'a', boot_protocol: 'static' })).toEqual([]);
    expect(types({ name: 'a', ipv6_boot_protocol: 'autoconf' }, { name: 'b', ipv6_boot_protocol: 'dhcp' })).toEqual([
      ['ipv6_slaac'],
      ['ipv6_dhcp'],
    ]);
    expect(types({ name: 'a', ipv6: { address: 'fd00::5', netmask: '128' } })).toEqual([
      ['ipv6', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    ]);
  });

  it('let all interfaces ask by DHCP if there are only name servers', () => {
    expect(jsonOf('network_data.json', { dns_servers: '10.0.0.2' })).toEqual({
      links: MACS.map((mac, index) => ({ id: `nic${index}`, type: 'phy', ethernet_mac_address: mac })),
      networks: MACS.map((_mac, index) => ({
        id: `nic${index}-ipv4`,
        link: `nic${index}`,
        type: 'ipv4_dhcp',
        dns_nameservers: ['10.0.0.2'],
      })),
      services: [{ type: 'dns', address: '10.0.0.2' }],
    });
  });
});

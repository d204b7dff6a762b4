import { type Json, body } from '../api.client';
import { Installation, guestOs } from '../installation';
import { labValue, until } from '../lab';

jest.setTimeout(120_000);

const ADDRESS = '192.0.2.7';

describe('what a guest reports by its agent', () => {
  const user = new Installation();
  const { api } = user;
  let vmId: string;
  let mac: string;
  let nicPath: string;

  const devices = async (path = `/vms/${vmId}`): Promise<Json[]> => body(await api.get(`${path}/reporteddevices`))['reported_device'] ?? [];
  const vm = async () => body(await api.get(`/vms/${vmId}`));

  beforeAll(async () => {
    await user.hostsAre('up');
    const os = { ...guestOs(`clinker.address=${ADDRESS}/24`), initrd: labValue('LAB_GUEST_AGENT_INITRD') };
    vmId = await user.vm({ os });
    const nic = body(await api.post(`/vms/${vmId}/nics`, { name: 'nic1' }), 201);
    nicPath = `/vms/${vmId}/nics/${nic['id']}`;
    mac = (nic['mac'] as Json)['address']!;
    await user.start(vmId);
  });
  afterAll(async () => {
    try {
      await user.cleanUp();
    } finally {
      await api.close();
    }
  });

  it('are its addresses, where clients look for them', async () => {
    const [device] = await until('the guest reports', devices, (seen) => seen.length > 0);
    expect(device).toMatchObject({ name: expect.any(String) as string, mac: { address: mac }, type: 'network', vm: { id: vmId } });
    expect((device!['ips'] as unknown as { ip: unknown[] }).ip).toContainEqual({ address: ADDRESS, version: 'v4' });
    expect(body(await api.get(`/vms/${vmId}/reporteddevices/${device!['id']}`))).toEqual(device);
    expect(await devices(nicPath)).toEqual([device]);
    const followed = body(await api.get(`/vms/${vmId}?follow=reported_devices,nics.reported_devices`));
    expect((followed['reported_devices'] as unknown as Json)['reported_device']).toEqual([device]);
    expect((await api.get(`/vms/${vmId}/reporteddevices/None`)).status).toBe(404);
  });

  it('are its host name and operating system', async () => {
    const seen = await until('the guest has a name', vm, ({ fqdn }) => fqdn !== undefined);
    expect(seen['fqdn']).toBe('clinker-guest');
    expect(seen['guest_operating_system']).toMatchObject({ family: 'Linux', architecture: 'x86_64' });
  });

  it.each(['ip=192.0.2.7', 'ip=192.0.2.*', 'fqdn=clinker-gu*'])('find the VM: %s', async (search) => {
    const find = async (query: string) => (body(await api.get(`/vms?search=${encodeURIComponent(query)}`))['vm'] ?? []).map(({ id }) => id);
    expect(await find(search)).toEqual([vmId]);
    expect(await find(search.replace('192.0.2', '198.51').replace('clinker', 'other'))).toEqual([]);
  });

  it('is forgotten when it is down', async () => {
    await user.stop(vmId);
    expect(await devices()).toEqual([]);
    expect(await vm()).not.toHaveProperty('fqdn');
  });
});

import { randomUUID } from 'node:crypto';
import { type Json, body } from '../api.client';
import { Audit } from '../audit';
import { Installation } from '../installation';
import { inLab, labHosts, until } from '../lab';

jest.setTimeout(120_000);

/** An interface that libvirt shows. */
const interfaceIn = (xml: string, nicId: string): string =>
  xml.split('<interface ').find((part) => part.split('</interface>')[0]!.includes(`ua-${nicId}`)) ?? '';

describe('interfaces of VMs', () => {
  const user = new Installation();
  const { api } = user;
  const host = labHosts()[0]!;
  /** A bridge and its network: 15 characters at most. */
  const lan = `e2e-${randomUUID().slice(0, 8)}`;
  const networkIds: string[] = [];
  let audit: Audit;
  let dataCenterId: string;
  let vmId: string;

  beforeAll(async () => {
    audit = await Audit.open();
    await user.hostsAre('up');
    dataCenterId = body(await api.get('/datacenters?search=name%3DDefault'))['data_center']![0]!['id']!;
    vmId = await user.vm();
  });
  afterAll(async () => {
    try {
      await user.cleanUp();
      for (const id of networkIds) await api.delete(`/networks/${id}`);
      await inLab(host, 'ip', 'link', 'delete', lan).catch(() => undefined);
    } finally {
      await Promise.all([audit.close(), api.close()]);
    }
  });

  const profileNamed = async (name: string): Promise<{ id: string }> => {
    const profiles = body(await api.get('/vnicprofiles'))['vnic_profile'] ?? [];
    return { id: profiles.find((one: Json) => one['name'] === name)!['id']! };
  };
  const network = async (name: string, changes: object = {}): Promise<{ id: string }> => {
    const { id } = body(
      await api.post('/networks', { name, data_center: { id: dataCenterId }, usages: { usage: ['vm'] }, ...changes }),
      201,
    );
    networkIds.push(id!);
    return profileNamed(name);
  };
  const nic = async (name: string, changes: object = {}): Promise<{ path: string; id: string; mac: string }> => {
    const added = body(await api.post(`/vms/${vmId}/nics`, { name, ...changes }), 201);
    return { path: `/vms/${vmId}/nics/${added['id']}`, id: added['id']!, mac: (added['mac'] as Json)['address']! };
  };
  const shown = async (nicId: string): Promise<string> => interfaceIn(await (await audit.libvirt(host)).domains.xml(vmId), nicId);
  const names = async (): Promise<string[]> =>
    (body(await api.get(`/vms/${vmId}/nics`))['nic'] ?? []).map((one: Json) => one['name']!).sort();
  const refusal = async (path: string, change: object): Promise<{ status: number; text: string }> => {
    const { status, text } = await api.put(path, change);
    return { status, text };
  };

  it('are in the guest from its start, with bridge, address and link; those that are not plugged in are not', async () => {
    const management = await nic('nic1', { vnic_profile: await profileNamed('ovirtmgmt') });
    const alone = await nic('nic2', { linked: 'false', interface: 'e1000' });
    const spare = await nic('nic3', { plugged: 'false' });
    await user.start(vmId);
    const xml = await shown(management.id);
    expect(xml).toContain(`type='bridge'`);
    expect(xml).toContain(`<mac address='${management.mac}'/>`);
    expect(xml).toContain(`<source bridge='ovirtmgmt'/>`);
    expect(xml).toContain(`<model type='virtio'/>`);
    expect(await shown(alone.id)).toMatch(/^type='ethernet'[^]*<model type='e1000'\/>[^]*<link state='down'\/>/);
    expect(await shown(spare.id)).toBe('');
    await user.guestSays(vmId, new RegExp(`nic \\w+ ${management.mac}`));
    await user.guestSays(vmId, 'clinker-guest: ready');
    await audit.agrees();
  });

  it('come, change and go while it runs', async () => {
    const hot = await nic('hot', { vnic_profile: await profileNamed('ovirtmgmt') });
    expect(await shown(hot.id)).toContain(`<source bridge='ovirtmgmt'/>`);
    await user.guestSays(vmId, new RegExp(`nic-added \\w+ ${hot.mac}`));
    for (const linked of ['false', 'true']) {
      expect(body(await api.put(hot.path, { linked }), 200)['linked']).toBe(linked);
      expect(await shown(hot.id)).toContain(`<link state='${linked === 'true' ? 'up' : 'down'}'/>`);
    }
    expect(body(await api.post(`${hot.path}/deactivate`), 200)['status']).toBe('complete');
    expect(await shown(hot.id)).toBe('');
    await user.guestSays(vmId, new RegExp(`nic-removed \\w+ ${hot.mac}`));
    expect(body(await api.put(hot.path, { plugged: 'true', interface: 'rtl8139' }), 200)['plugged']).toBe('true');
    expect(await shown(hot.id)).toContain(`<model type='rtl8139'/>`);
    await audit.agrees();
    body(await api.delete(hot.path), 200);
    expect(await shown(hot.id)).toBe('');
    expect((await api.get(hot.path)).status).toBe(404);
    await audit.agrees();
  });

  it('are not changed live where the guest would have to lose them', async () => {
    const nics = body(await api.get(`/vms/${vmId}/nics`))['nic'] ?? [];
    const path = `/vms/${vmId}/nics/${nics.find((one: Json) => one['name'] === 'nic1')!['id']}`;
    const text = 'Please un-plug the interface, update the properties, and then plug it back.';
    for (const change of [{ mac: { address: '52:54:00:00:00:99' } }, { interface: 'e1000' }, { vnic_profile: {} }])
      expect(await refusal(path, change)).toMatchObject({ status: 409, text: expect.stringContaining(text) as string });
  });

  it('leave nothing behind when a host cannot plug them', async () => {
    const before = await names();
    const name = `e2e-${randomUUID().slice(0, 8)}`;
    const profile = await network(name, { mtu: '60' });
    await inLab(host, 'ip', 'link', 'add', name, 'type', 'bridge');
    try {
      const attempt = async () => api.post(`/vms/${vmId}/nics`, { name: 'small', vnic_profile: profile });
      const answer = await until('the host knows its bridge', attempt, ({ status }) => status !== 409);
      expect(answer.text).toContain(`Failed to activate VM Network Interface. Could not plug the interface on host ${host}:`);
      expect(await names()).toEqual(before);
      await audit.agrees();
    } finally {
      await inLab(host, 'ip', 'link', 'delete', name);
    }
  });

  it('need the bridge of their network on the host', async () => {
    const profile = await network(lan, { mtu: '1400' });
    const start = `network(s) ${lan} are missing`;
    const plug = `The network ${lan} is missing on host ${host}`;
    expect((await api.post(`/vms/${vmId}/nics`, { name: 'lan', vnic_profile: profile })).text).toContain(plug);
    await user.stop(vmId);
    const { id, path } = await nic('lan', { vnic_profile: profile });
    const refused = await api.post(`/vms/${vmId}/start`);
    expect(refused).toMatchObject({ status: 409, text: expect.stringContaining(start) as string });
    expect(refused.text).toContain(host);
    await inLab(host, 'ip', 'link', 'add', lan, 'type', 'bridge');
    await until(
      'the VM can be started',
      async () => (await api.post(`/vms/${vmId}/start`)).status,
      (status) => status === 200,
    );
    await user.vmIs(vmId, 'up');
    expect(await shown(id)).toContain(`<source bridge='${lan}'/>`);
    expect(await shown(id)).toContain(`<mtu size='1400'/>`);
    body(await api.put(path, { vnic_profile: await profileNamed('ovirtmgmt') }), 200);
    expect(await shown(id)).toContain(`<source bridge='ovirtmgmt'/>`);
    await audit.agrees();
  });
});

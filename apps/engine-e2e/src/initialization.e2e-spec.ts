import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { body } from './api.client';
import { Audit } from './audit';
import { Installation, guestOs } from './installation';
import { labValue } from './lab';

jest.setTimeout(120_000);

const PASSWORD = 'a-password-of-the-guest';
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO me@home';

describe('the initialization of guests', () => {
  const user = new Installation();
  const { api } = user;
  let audit: Audit;
  let vmId: string;

  beforeAll(async () => {
    audit = await Audit.open();
    await user.hostsAre('up');
  });
  afterAll(async () => {
    try {
      await user.cleanUp();
    } finally {
      await Promise.all([audit.close(), api.close()]);
    }
  });

  const shown = async () => body(await api.get(`/vms/${vmId}`));
  const storedText = async (): Promise<string> => {
    const tables = ['vm', 'operation', 'operation_step', 'event', 'run_initialization'];
    const all = tables.map((table) => `SELECT one::text AS row FROM ${table} one`).join(' UNION ALL ');
    return (await audit.database.query<{ row: string }>(all)).rows.map(({ row }) => row).join('\n');
  };
  const logs = async (): Promise<string> => {
    const folder = labValue('LAB_LOGS');
    const names = (await readdir(folder)).filter((name) => /^(engine|agent|nats|libvirtd)/.test(name));
    return (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))).join('\n');
  };

  it('tells a guest at its first start its name and keys, and keeps its password', async () => {
    const visible = { host_name: 'web', authorized_ssh_keys: KEY, custom_script: 'runcmd: []\n' };
    vmId = await user.vm({ os: guestOs(), initialization: { ...visible, root_password: PASSWORD } });
    expect((await shown())['initialization']).toEqual(visible);
    await user.start(vmId);
    await user.guestSays(vmId, `seed host=web key=${KEY}`);
    await user.guestSays(vmId, 'seed files meta_data.json user_data');
    expect((await shown())['initialization']).toEqual(visible);
    await user.stop(vmId);
    expect(await storedText()).toContain('password_sealed');
    for (const text of [await storedText(), await logs(), await user.console(vmId)]) expect(text).not.toContain(PASSWORD);
  });

  it('does not tell it again, unless it is asked to', async () => {
    await user.start(vmId);
    await user.guestSays(vmId, 'clinker-guest: ready');
    expect(await user.console(vmId)).not.toContain('seed');
    await user.stop(vmId);
    const once = { host_name: 'other', root_password: PASSWORD, dns_servers: '10.0.0.1' };
    body(await api.post(`/vms/${vmId}/start`, { use_cloud_init: 'true', vm: { initialization: once } }), 200);
    await user.vmIs(vmId, 'up');
    await user.guestSays(vmId, /seed host=other key=\s/);
    expect((await shown())['initialization']).toMatchObject({ host_name: 'web' });
    await user.stop(vmId);
    expect(await storedText()).not.toContain(PASSWORD);
    expect(await logs()).not.toContain(PASSWORD);
    expect((await audit.database.query('SELECT 1 FROM run_initialization WHERE vm_id = $1', [vmId])).rows).toEqual([]);
    await audit.agrees();
  });

  it('is refused with what is wrong, and nothing has changed', async () => {
    const before = (await shown())['initialization'];
    const wrong = { root_password: `${PASSWORD}\n`, dns_servers: '10.0.0.300' };
    const { status, text } = await api.put(`/vms/${vmId}`, { initialization: wrong });
    expect(status).toBe(400);
    expect(text).toContain('initialization.dnsServers: These must be IP addresses');
    expect(text).not.toContain(PASSWORD);
    expect((await api.post(`/vms/${vmId}/start`, { vm: { initialization: wrong } })).status).toBe(400);
    const bySysprep = await api.post(`/vms/${vmId}/start`, { use_sysprep: 'true' });
    expect(bySysprep.text).toContain('sysprep is not supported');
    expect(await shown()).toMatchObject({ initialization: before, status: 'down' });
  });
});

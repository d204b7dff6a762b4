import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { body } from './api.client';
import { Audit } from './audit';
import { PROVIDER, guestOs } from './installation';
import { labHosts, labValue, until } from './lab';
import { SnapshotUser } from './snapshots/snapshot-user';
import { withQuota } from './trouble/cinder-quota';
import { withDead } from './trouble/trouble-bed';

jest.setTimeout(240_000);

const GIB = 2 ** 30;

describe('suspended VMs', () => {
  const at = new SnapshotUser();
  const { user, api } = at;
  let audit: Audit;
  let path: string;

  beforeAll(async () => {
    audit = await Audit.open();
    await user.ensureStorage();
    await at.prepare();
    path = `/vms/${at.vmId}`;
    body(await api.post(`${path}/nics`, { name: 'nic1' }), 201, 202);
    body(await api.put(path, { os: guestOs('clinker.counter=vda') }), 200);
    await user.start(at.vmId);
    await user.guestSays(at.vmId, 'counted 2 in memory');
  });
  afterAll(async () => {
    await user.cleanUp();
    await audit.agrees(30_000);
    await Promise.all([audit.close(), api.close()]);
  });

  const folderOf = (host: string) => labValue(`LAB_CONSOLE_FOLDER_${host.replace('-', '_')}`);
  const consoleOn = (host: string) => readFile(join(folderOf(host), `${at.vmId}.log`), 'utf8').catch(() => '');
  const memoryFolder = (host: string) => join(dirname(folderOf(host)), 'memory');
  const hostName = async () => body(await api.get(`/hosts/${body(await api.get(path))['host']!.id}`))['name']!;
  const countsOn = async (host: string) =>
    [...(await consoleOn(host)).matchAll(/counted (\d+) in memory/g)].map(([, count]) => Number(count));
  const status = async () => body(await api.get(path))['status'];
  const memories = async () => (await audit.database.query('SELECT id FROM snapshot_memory WHERE vm_id = $1', [at.vmId])).rowCount;
  const goesOn = async () => {
    const host = await hostName();
    const before = (await countsOn(host)).at(-1) ?? 0;
    await until(
      'the guest counts on',
      () => countsOn(host),
      (now) => (now.at(-1) ?? 0) > before,
    );
  };
  const suspend = async () => {
    body(await api.post(`${path}/suspend`), 200);
    await user.vmIs(at.vmId, 'suspended');
  };
  /** Each count after the one before, and of memory and disk the same. */
  const expectToHaveGoneOn = async (host: string, last: number) => {
    await until(
      'the guest counts',
      () => countsOn(host),
      (seen) => seen.length > 1,
    );
    const [first = 0] = await countsOn(host);
    expect(first).toBeGreaterThan(1);
    expect(first).toBeLessThanOrEqual(last + 1);
    expect(await consoleOn(host)).not.toContain('and the memory');
  };

  it('go on where they were, on another host if there is one', async () => {
    const host = await hostName();
    await suspend();
    const last = (await countsOn(host)).at(-1)!;
    expect(body(await api.get(path))['host']).toBeUndefined();
    expect(await memories()).toBe(1);
    expect((await Promise.all(labHosts().map((one) => readdir(memoryFolder(one)).catch(() => [])))).flat()).toEqual([]);
    const found = body(await api.get(`/vms?search=${encodeURIComponent('status=suspended')}`))['vm'] ?? [];
    expect(found.map((vm) => vm['id'])).toContain(at.vmId);
    await audit.agrees(30_000);

    const other = labHosts().find((one) => one !== host) ?? host;
    body(await api.post(`${path}/start`, { vm: { placement_policy: { hosts: { host: [{ name: other }] } } } }), 200);
    await user.vmIs(at.vmId, 'up');
    expect(await hostName()).toBe(other);
    await expectToHaveGoneOn(other, last);
    await until('the memory is gone', memories, (count) => count === 0);
    await audit.agrees(30_000);
    const events = (body(await api.get('/events?max=30'))['event'] ?? []).map(({ code }) => String(code));
    expect(events).toEqual(expect.arrayContaining(['501', '503', '32']));
  });

  it('can be neither changed nor removed meanwhile, and lose their memory when they are stopped', async () => {
    await suspend();
    const attachment = `${path}/diskattachments/${at.diskId}`;
    const [nic] = body(await api.get(`${path}/nics`))['nic']!;
    const refused: [string, Promise<{ status: number; text: string }>][] = [
      ['suspend', api.post(`${path}/suspend`)],
      ['shutdown', api.post(`${path}/shutdown`)],
      ['reboot', api.post(`${path}/reboot`)],
      ['removal', api.delete(path)],
      ['other settings', api.post(`${path}/start`, { vm: { memory: 2 * GIB } })],
      ['unplug', api.put(attachment, { active: 'false' })],
      ['detach', api.delete(`${attachment}?detach_only=true`)],
      ['another disk', api.post(`${path}/diskattachments`, { interface: 'virtio', disk: { provisioned_size: GIB, format: 'raw' } })],
      ['extension', api.put(attachment, { disk: { provisioned_size: 2 * GIB } })],
      ['extension', api.put(`/disks/${at.diskId}`, { provisioned_size: 2 * GIB })],
      ['move', api.post(`/disks/${at.diskId}/move`, { storage_domain: { name: 'ceph-by-cinder' } })],
      ['removal of its disk', api.delete(`/disks/${at.diskId}`)],
      ['snapshot', api.post(`${path}/snapshots`, { description: 'asleep' })],
      ['new interface', api.post(`${path}/nics`, { name: 'nic2' })],
      ['unplugged interface', api.post(`${path}/nics/${nic!['id']}/deactivate`)],
    ];
    for (const [what, answer] of refused) expect(`${what}: ${(await answer).status}`).toMatch(/: 40[09]$/);
    body(await api.put(path, { comment: 'asleep', memory: 320 * 2 ** 20 }), 200);
    expect(body(await api.get(path))).toMatchObject({ status: 'suspended', comment: 'asleep', next_run_configuration_exists: 'true' });
    await audit.agrees(30_000);

    await user.stop(at.vmId);
    expect(await memories()).toBe(0);
    expect(body(await api.get(path))).toMatchObject({ memory: String(320 * 2 ** 20) });
    await audit.agrees(30_000);
    await user.start(at.vmId);
    await user.guestSays(at.vmId, 'counted 1 in memory');
  });

  it('stay suspended when they cannot be restored, with all that they had', async () => {
    await suspend();
    const folders = labHosts().map(memoryFolder);
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
    await Promise.all(folders.map((folder) => writeFile(folder, 'in the way')));
    body(await api.post(`${path}/start`), 200);
    await until(
      'the start has failed',
      async () => (body(await api.get('/events?max=5'))['event'] ?? []).map(({ code }) => String(code)),
      (codes) => codes.includes('54'),
    );
    expect(await status()).toBe('suspended');
    await audit.agrees(30_000);
    await Promise.all(folders.map((folder) => rm(folder)));
    await user.start(at.vmId);
    await goesOn();
    await audit.agrees(30_000);
  });

  it('are not suspended if Cinder would not keep their memory: their guests notice nothing', async () => {
    const answers = await withQuota({ gigabytes: 1 }, async () => {
      // Too large for what the engine may remember of an earlier answer: it asks Cinder, and knows the new limit from here on.
      const large = { provisioned_size: 20_000 * GIB, format: 'raw', storage_domains: { storage_domain: [{ name: PROVIDER }] } };
      return [await api.post('/disks', large), await api.post(`${path}/suspend`)];
    });
    expect(answers.map(({ status }) => status)).toEqual([413, 413]);
    expect(await status()).toBe('up');
    expect(await memories()).toBe(0);
    await goesOn();
  });

  it('go down if they end, or are stopped, while they are being suspended', async () => {
    await withDead(['cinder-volume'], async () => {
      body(await api.post(`${path}/suspend`), 200);
      expect(await status()).toBe('saving_state');
      const libvirt = await audit.libvirt(await hostName());
      await libvirt.domains.destroy(at.vmId);
    });
    await user.vmIs(at.vmId, 'down', 120_000);
    await audit.agrees(60_000);
    await user.start(at.vmId);
    await user.guestSays(at.vmId, 'counted 2 in memory');
    body(await api.post(`${path}/suspend`), 200);
    await user.stop(at.vmId);
    expect(await memories()).toBe(0);
    await audit.agrees(60_000);
  });
});

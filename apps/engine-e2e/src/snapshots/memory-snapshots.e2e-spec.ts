import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { body } from '../api.client';
import { Audit } from '../audit';
import { guestOs } from '../installation';
import { lab, labHosts, labValue, until } from '../lab';
import { withDead } from '../trouble/trouble-bed';
import { SnapshotUser } from './snapshot-user';

jest.setTimeout(240_000);

/** How long (ms) a guest is paused at most, and some time for it to be seen. */
const RESUMED_BY_ITSELF_MS = 45_000;

describe('snapshots of a running VM whose guest has no agent', () => {
  const at = new SnapshotUser();
  const { user, api } = at;
  let audit: Audit;
  let secondDiskId: string;

  beforeAll(async () => {
    audit = await Audit.open();
    await user.ensureStorage();
    await at.prepare();
    secondDiskId = await user.disk();
    await user.attach(at.vmId, secondDiskId, { interface: 'virtio' });
    body(await api.post(`/vms/${at.vmId}/nics`, { name: 'nic1' }), 201, 202);
    body(await api.put(`/vms/${at.vmId}`, { os: guestOs('clinker.counter=vda') }), 200);
    await user.start(at.vmId);
    await user.guestSays(at.vmId, 'counted 2 in memory');
  });
  afterAll(async () => {
    if ((await api.get(`/vms/${at.vmId}`)).status === 200) {
      await api.post(`/vms/${at.vmId}/stop`);
      await user.vmIs(at.vmId, 'down').catch(() => undefined);
      await api.delete(`/vms/${at.vmId}`);
    }
    await user.cleanUp();
    await audit.agrees(30_000);
    await Promise.all([audit.close(), api.close()]);
  });

  const counts = async () => [...(await user.console(at.vmId)).matchAll(/counted (\d+) in memory/g)].map(([, count]) => Number(count));
  const goesOn = async (withinMs?: number) => {
    const before = (await counts()).at(-1) ?? 0;
    await until('the guest counts on', counts, (now) => (now.at(-1) ?? 0) > before, withinMs);
  };
  const domainState = async () => {
    for (const host of labHosts()) {
      const libvirt = await audit.libvirt(host);
      const state = await libvirt.domains.state(at.vmId).catch(() => undefined);
      if (state) return `${state.state} ${state.reason}`;
    }
    return 'absent';
  };
  const begin = async (description: string, changes: object = {}): Promise<string> =>
    body(await api.post(`/vms/${at.vmId}/snapshots`, { description, ...changes }), 202)['id']!;
  const eventsOf = async (description: string) =>
    (body(await api.get('/events?max=50'))['event'] ?? []).filter((event) => event['description']!.includes(`'${description}'`));
  const filesWithMemory = async () => {
    const folders = labHosts().map((host) => join(dirname(labValue(`LAB_CONSOLE_FOLDER_${host.replace('-', '_')}`)), 'memory'));
    return (await Promise.all(folders.map((folder) => readdir(folder).catch(() => [])))).flat();
  };
  const memoryVolumes = () =>
    audit.database.query('SELECT id FROM snapshot_memory WHERE vm_id = $1', [at.vmId]).then(({ rowCount }) => rowCount);

  it('pause it while Cinder takes those of several disks, and say so; the VM is up all the time', async () => {
    const id = await withDead(['cinder-volume'], async () => {
      const begun = await begin('paused');
      await until('the guest is paused', domainState, (state) => state === 'paused user');
      expect(body(await api.get(`/vms/${at.vmId}`))['status']).toBe('up');
      return begun;
    });
    await at.is(id, 'ok');
    await goesOn();
    expect(body(await api.get(`/vms/${at.vmId}`))['status']).toBe('up');
    const warnings = (await eventsOf('paused')).filter(({ severity }) => severity === 'warning');
    expect(warnings).toHaveLength(1);
    expect(warnings[0]!['description']).toMatch(/power failure.*(for which the guest was paused|may be of different moments)/);
    await audit.agrees(30_000);
    await at.remove(id);
  });

  it('are let go on by the host alone when the engine is dead', async () => {
    const id = await withDead(['cinder-volume'], async () => {
      const begun = await begin('orphaned');
      await until('the guest is paused', domainState, (state) => state === 'paused user');
      await withDead(['engine'], () => goesOn(RESUMED_BY_ITSELF_MS));
      return begun;
    });
    await user.hostsAre('up');
    await at.is(id, 'ok');
    expect(body(await api.get(`/vms/${at.vmId}`))['status']).toBe('up');
    await at.remove(id);
  });

  it('keep its memory: after a preview the guest goes on where it was, once, with disks that fit', async () => {
    const id = await begin('living', { persist_memorystate: 'true' });
    await at.is(id, 'ok');
    expect(body(await api.get(`/vms/${at.vmId}/snapshots/${id}`))['persist_memorystate']).toBe('true');
    expect(await filesWithMemory()).toEqual([]);
    const last = (await counts()).at(-1)!;
    await goesOn();
    await audit.agrees(30_000);
    await user.stop(at.vmId);
    await at.act('previewsnapshot', { snapshot: { id }, restore_memory: 'true' });
    await at.is(id, 'in_preview');
    await user.start(at.vmId);
    await user.guestSays(at.vmId, /counted \d+ in memory[^]*counted \d+ in memory/);
    const [first = 0] = await counts();
    expect(first).toBeGreaterThan(1);
    expect(first).toBeLessThanOrEqual(last + 1);
    expect(await user.console(at.vmId)).not.toContain('and the memory');
    expect(await filesWithMemory()).toEqual([]);
    await audit.agrees(30_000);

    await user.stop(at.vmId);
    await user.start(at.vmId);
    await user.guestSays(at.vmId, 'counted 1 in memory');
    await user.stop(at.vmId);
    await at.act('undosnapshot');
    await at.is(id, 'ok');
    await user.start(at.vmId);
    await user.guestSays(at.vmId, 'counted 1 in memory');
    expect(await memoryVolumes()).toBe(1);
    await at.remove(id);
    expect(await memoryVolumes()).toBe(0);
    await audit.agrees(30_000);
  });

  it('forget the memory, and leave no file, when the agent dies that writes it', async () => {
    const id = await withDead(['cinder-volume'], async () => {
      const begun = await begin('dying', { persist_memorystate: 'true' });
      for (const host of labHosts()) await lab('kill', `agent-${host}`);
      for (const host of labHosts()) await lab('start', `agent-${host}`);
      return begun;
    });
    await until(
      'the snapshot is there or not',
      () => api.get(`/vms/${at.vmId}/snapshots/${id}`),
      ({ status, body: seen }) => status === 404 || seen['snapshot_status'] === 'ok',
      120_000,
    );
    await user.hostsAre('up');
    await goesOn();
    expect(await filesWithMemory()).toEqual([]);
    await audit.agrees(60_000);
    if ((await api.get(`/vms/${at.vmId}/snapshots/${id}`)).status !== 404) await at.remove(id);
  });

  it('are refused with memory if they would not have all disks, or if nothing could keep it', async () => {
    const part = { description: 'part', persist_memorystate: 'true', disk_attachments: { disk_attachment: [{ disk: { id: at.diskId } }] } };
    const refused = body(await api.post(`/vms/${at.vmId}/snapshots`, part), 409);
    expect(refused['detail']).toContain('The memory fits only all disks of the VM');
    const diskless = await user.vm();
    await user.start(diskless);
    const none = body(await api.post(`/vms/${diskless}/snapshots`, { description: 'none', persist_memorystate: 'true' }), 400);
    expect(none['detail']).toContain('the VM has none');
    await user.stop(diskless);
    expect(await at.list()).toHaveLength(1);
    await audit.agrees();
  });

  it('restore with memory at once, and go with the VM', async () => {
    const id = await begin('gone', { persist_memorystate: 'true' });
    await at.is(id, 'ok');
    await user.stop(at.vmId);
    body(await api.post(`/vms/${at.vmId}/snapshots/${id}/restore`, { restore_memory: 'true' }), 200);
    await at.is(id, 'ok');
    await until(
      'only the snapshot is left',
      () => at.list(),
      (list) => list.length === 2,
    );
    await user.vmIs(at.vmId, 'down');
    await user.start(at.vmId);
    await user.guestSays(at.vmId, /counted \d+ in memory/);
    expect((await counts())[0]).toBeGreaterThan(1);
    await user.stop(at.vmId);
    await user.gone(`/vms/${at.vmId}`);
    expect(await memoryVolumes()).toBe(0);
    await audit.agrees(30_000);
  });
});

import { randomUUID } from 'node:crypto';
import { type Json, body } from '../api.client';
import { Audit } from '../audit';
import { BARE_VM, Installation } from '../installation';
import { refusal, refused } from '../trouble/trouble-bed';
import { ForeignVolumes } from './foreign-volumes';

jest.setTimeout(120_000);

describe('volumes that become disks', () => {
  const user = new Installation();
  const { api } = user;
  const foreign = new ForeignVolumes();
  let audit: Audit;
  let disks: string;

  beforeAll(async () => {
    audit = await Audit.open();
    const { domainId } = await user.ensureStorage();
    disks = `/storagedomains/${domainId}/disks`;
  });
  afterAll(async () => {
    try {
      await user.cleanUp();
    } finally {
      await Promise.all([audit.close(), api.close(), foreign.close()]);
    }
  });

  const unregistered = async (parameters = ''): Promise<Json[]> =>
    body(await api.get(`${disks};unregistered=true${parameters}`))['disk'] ?? [];
  const byId = async (id: string) => (await unregistered()).find((disk) => disk['id'] === id);
  const register = async (id: string, changes: object = {}) => {
    const answer = await api.post(`${disks};unregistered=true`, { id, ...changes });
    if (answer.status === 201) user.created.disks.push(id);
    return answer;
  };

  it('are listed, page by page, with the reason why one cannot', async () => {
    const [free, attached, others] = await Promise.all([
      foreign.volume(),
      foreign.volume(),
      foreign.volume({ clinker_installation: randomUUID() }),
    ]);
    const instanceId = randomUUID();
    await foreign.cinder.createAttachment({ volumeId: attached.id, instanceId, connector: null, mode: 'rw' });
    const known = await user.disk();
    expect(await byId(free.id)).toMatchObject({ name: free.name, status: 'ok', provisioned_size: String(1024 ** 3), format: 'raw' });
    expect(await byId(free.id)).not.toHaveProperty('actions');
    expect(await byId(attached.id)).toMatchObject({ status: 'illegal', comment: expect.stringContaining('reserved in Cinder') as string });
    expect(await byId(others.id)).toMatchObject({ status: 'illegal', comment: expect.stringContaining('another installation') as string });
    expect(await byId(known)).toBeUndefined();
    const all = await unregistered();
    const pages = await Promise.all([1, 2].map((page) => unregistered(`;max=2;search=${encodeURIComponent(`page ${page}`)}`)));
    expect(pages.flat().map(({ id }) => id)).toEqual(all.slice(0, 4).map(({ id }) => id));
    const found = await unregistered(`;search=${encodeURIComponent(`name=${free.name} and status=ok`)}`);
    expect(found.map(({ id }) => id)).toEqual([free.id]);
  });

  it('are disks then: used by VMs, extended, renamed and removed with their volume', async () => {
    const volume = await foreign.volume();
    const answer = await register(volume.id, { description: 'was here before' });
    expect(answer.status).toBe(201);
    expect(answer.body).toMatchObject({
      id: volume.id,
      image_id: volume.id,
      status: 'ok',
      name: volume.name,
      description: 'was here before',
    });
    await audit.agrees();
    const vmId = await user.vm(BARE_VM);
    await user.attach(vmId, volume.id, { bootable: 'true' });
    await user.start(vmId);
    body(await api.put(`/disks/${volume.id}`, { provisioned_size: 2 * 1024 ** 3 }), 200);
    await user.diskIs(volume.id, 'ok');
    await audit.agrees();
    await user.stop(vmId);
    await user.gone(`/vms/${vmId}`);
    await user.gone(`/disks/${volume.id}`);
    await audit.agrees();
    await expect(foreign.cinder.volume(volume.id)).rejects.toMatchObject({ kind: 'not_found' });
  });

  it('come with their snapshots, and go back as they came', async () => {
    const volume = await foreign.volume({ whose: 'mine' });
    const snapshotId = await foreign.snapshot(volume.id);
    expect((await register(volume.id)).status).toBe(201);
    expect((await foreign.cinder.snapshot(snapshotId)).metadata).toHaveProperty('clinker_disk_id', volume.id);
    body(await api.delete(`${disks}/${volume.id};unregister=true`), 200);
    expect((await api.get(`/disks/${volume.id}`)).status).toBe(404);
    expect((await foreign.cinder.volume(volume.id)).metadata).toEqual({ whose: 'mine' });
    expect((await foreign.cinder.snapshot(snapshotId)).metadata).toEqual({});
    expect(await byId(volume.id)).toMatchObject({ status: 'ok' });
  });

  it('go with their snapshots when the disk is removed', async () => {
    const volume = await foreign.volume();
    const snapshotId = await foreign.snapshot(volume.id);
    expect((await register(volume.id)).status).toBe(201);
    await user.gone(`/disks/${volume.id}`);
    await expect(foreign.cinder.snapshot(snapshotId)).rejects.toMatchObject({ kind: 'not_found' });
    await expect(foreign.cinder.volume(volume.id)).rejects.toMatchObject({ kind: 'not_found' });
  });

  it('are registered by the action, and all at once', async () => {
    const [one, two, three] = await Promise.all([foreign.volume(), foreign.volume(), foreign.volume()]);
    body(await api.post(`${disks}/${one.id}/register`), 200);
    user.created.disks.push(one.id);
    const names = [two, three].map(({ name }) => `name=${name}`).join(' or ');
    const answer = await api.post(`${disks};unregistered=true;all=true;search=${encodeURIComponent(names)}`);
    user.created.disks.push(two.id, three.id);
    expect(
      body(answer, 200)
        ['disk']!.map(({ id, status }) => [id, status])
        .sort(),
    ).toEqual([two.id, three.id].sort().map((id) => [id, 'ok']));
    await audit.agrees();
  });

  describe('are refused, and nothing changes,', () => {
    it('if there is no such volume, and if none is named', async () => {
      expect(refusal(await register(randomUUID()))).toEqual(refused(404, 'Unregistered disk with id'));
      expect(refusal(await api.post(`${disks};unregistered=true`))).toEqual(refused(400, 'Disk [id] required for register'));
    });

    it('if they are disks already, two requests at once too', async () => {
      const volume = await foreign.volume();
      const answers = await Promise.all([register(volume.id), register(volume.id)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
      expect(refusal(await register(volume.id))).toEqual(refused(409, 'Cinder disk is already registered'));
    });

    it('if somebody uses them or has them', async () => {
      const used = await foreign.volume();
      await foreign.cinder.createAttachment({ volumeId: used.id, instanceId: randomUUID(), connector: null, mode: 'rw' });
      expect(refusal(await register(used.id))).toEqual(refused(409, 'Cannot register Virtual Disk. It is reserved in Cinder.'));
      const others = await foreign.volume({ clinker_installation: 'other' });
      expect(refusal(await register(others.id))).toEqual(refused(409, 'another installation of Clinker (other)'));
      expect((await foreign.cinder.volume(others.id)).metadata).toEqual({ clinker_installation: 'other' });
      expect((await api.get(`/disks/${used.id}`)).status).toBe(404);
    });

    it('if they are searched by what they do not have', async () => {
      const answer = await api.get(`${disks};unregistered=true;search=${encodeURIComponent('vm.name=x')}`);
      expect(refusal(answer)).toEqual(refused(400, "There is no field 'vm.name' to search unregistered disks by"));
    });

    it('if the disk that is to go back is attached, or is not there', async () => {
      const [vmId, diskId] = await Promise.all([user.vm(BARE_VM), user.disk()]);
      await user.attach(vmId, diskId);
      expect(refusal(await api.delete(`${disks}/${diskId};unregister=true`))).toEqual(refused(409, 'is attached to a VM: detach it first'));
      expect(body(await api.get(`/disks/${diskId}`))['status']).toBe('ok');
      expect((await api.delete(`${disks}/${randomUUID()};unregister=true`)).status).toBe(404);
      await audit.agrees();
    });
  });
});

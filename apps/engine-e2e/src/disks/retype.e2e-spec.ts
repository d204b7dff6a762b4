import { HttpProxy } from '@clinker/testing';
import { randomUUID } from 'node:crypto';
import { body } from '../api.client';
import { Audit } from '../audit';
import { ExtraProvider } from '../extra-provider';
import { PROVIDER } from '../installation';
import { labValue, until } from '../lab';
import { SnapshotUser } from '../snapshots/snapshot-user';
import { refusal, refused } from '../trouble/trouble-bed';

jest.setTimeout(180_000);

const TYPE = { openstack_volume_type: { name: 'ceph-multiattach' } };

describe('a disk that gets another volume type', () => {
  const at = new SnapshotUser();
  const { user, api } = at;
  let audit: Audit;

  beforeAll(async () => {
    audit = await Audit.open();
    await user.ensureStorage();
  });
  afterAll(async () => {
    try {
      await user.cleanUp();
    } finally {
      await Promise.all([audit.close(), api.close()]);
    }
  });

  const shown = async (id: string) => body(await api.get(`/disks/${id}`));
  /** @returns how the job ended, and what it told of each step */
  const retype = async (id: string) => {
    const storage_domain = { id: (await shown(id))['storage_domains']!['storage_domain']![0]!['id']! };
    const job = `/jobs/${body(await api.post(`/disks/${id}/move`, { storage_domain, disk: TYPE }), 200)['job']!['id']}`;
    const ended = async () => body(await api.get(job));
    return until('the job has ended', ended, ({ status }) => status !== 'started', 120_000);
  };

  it('keeps its volume, data and snapshots where Cinder can change the type in place', async () => {
    const marker = `marker-${randomUUID()}`;
    await at.prepare();
    await at.write(marker);
    const snapshot = await at.take('before');
    const before = await shown(at.diskId);
    expect(await retype(at.diskId)).toMatchObject({ status: 'finished' });
    expect(await shown(at.diskId)).toEqual({
      ...before,
      openstack_volume_type: expect.objectContaining(TYPE.openstack_volume_type) as unknown,
    });
    const [volume] = await audit.volumesNamed(`clinker-${before['name']}`);
    expect(volume).toMatchObject({ volumeType: 'ceph-multiattach', status: 'available' });
    await audit.agrees();
    await at.preview(snapshot);
    expect(await at.read(marker.length)).toBe(marker);
    await at.act('undosnapshot');
    await at.is(snapshot, 'ok');
    await user.start(at.vmId);
    await user.stop(at.vmId);
    await at.remove(snapshot);
    await audit.agrees();
  });

  describe('of a Cinder that refuses to change it in place', () => {
    const provider = new ExtraProvider(user, 'e2e-rigid');
    const there = new SnapshotUser();
    let proxy: HttpProxy;

    beforeAll(async () => {
      proxy = await HttpProxy.start(new URL(labValue('CINDER_URL')).origin);
      await provider.open({ url: proxy.url });
      await there.prepare(provider.place);
    });
    beforeEach(() => {
      const refusal = { kind: 'answer', status: 400, body: { badRequest: { message: 'the types are too different' } } } as const;
      proxy.disturb(refusal, { method: 'POST', path: /\/action$/ }, 1);
    });
    afterEach(() => proxy.reset());
    afterAll(async () => {
      try {
        await there.user.cleanUp();
        await provider.close();
      } finally {
        await Promise.all([proxy.close(), there.api.close()]);
      }
    });

    it('has its data in a new volume', async () => {
      const before = await shown(there.diskId);
      expect(await retype(there.diskId)).toMatchObject({ status: 'finished' });
      const after = await shown(there.diskId);
      expect(after).toMatchObject({ status: 'ok', ...TYPE, provisioned_size: before['provisioned_size'] });
      expect(after['image_id']).not.toBe(before['image_id']);
      await audit.agrees();
    });

    it('stays as it is, with the reason, if it has snapshots', async () => {
      const other = new SnapshotUser();
      try {
        await other.prepare(provider.place);
        await other.take('kept');
        const before = await shown(other.diskId);
        const elsewhere = await api.post(`/disks/${other.diskId}/move`, { storage_domain: { name: PROVIDER } });
        expect(refusal(elsewhere)).toEqual(refused(409, 'has snapshots, and they cannot be moved'));
        expect(await retype(other.diskId)).toMatchObject({ status: 'failed' });
        expect(await shown(other.diskId)).toEqual(before);
        const events = body(await api.get('/events?max=5'))['event']!.map(({ description }) => description);
        expect(events).toContainEqual(expect.stringMatching(/could not be changed: .*has snapshots/));
        await audit.agrees();
      } finally {
        await user.gone(`/vms/${other.vmId}`);
        await user.gone(`/disks/${other.diskId}`);
        await other.api.close();
      }
    });
  });
});

import { body } from '../api.client';
import { EngineFork } from '../engine-fork';
import { inLab, until } from '../lab';
import { GroupStorage } from '../snapshots/group-storage';
import { SnapshotUser } from '../snapshots/snapshot-user';
import { TROUBLE_MS, TroubleBed, withDead } from './trouble-bed';

jest.setTimeout(TROUBLE_MS);

const GIB = 1024 ** 3;

describe('work that Cinder has accepted and lost', () => {
  const bed = new TroubleBed();
  const at = new SnapshotUser();
  const { user, api } = at;
  const fork = new EngineFork({ CLINKER_CINDER_PATIENCE: '2s', CLINKER_CINDER_COPY_PATIENCE: '4s' });

  beforeAll(async () => {
    await bed.open();
    await fork.takeOver();
    await user.hostsAre('up');
  });
  afterEach(async () => {
    await user.cleanUp();
    await bed.settle();
  });
  afterAll(async () => {
    await fork.giveBack();
    await Promise.all([bed.close(), api.close()]);
  });

  const workAndForget = async (work: () => Promise<void>) => {
    try {
      await work();
    } finally {
      await inLab('rabbitmq', '/usr/lib/rabbitmq/bin/rabbitmqctl', '--quiet', 'purge_queue', 'cinder-scheduler');
    }
  };

  /** What the API hands on meanwhile is taken by nobody, and found by nobody later. Afterwards the scheduler must work: patience is short here. */
  const losing = (work: () => Promise<void>) => withDead(['cinder-scheduler'], () => workAndForget(work), 'cinder');

  /** As if the message had not reached the service that deletes. */
  const loseDeletion = (table: 'volumes' | 'snapshots' | 'group_snapshots', where: string) => {
    const set = `status = 'deleting', updated_at = now() AT TIME ZONE 'utc'`;
    return inLab('postgres', 'psql', '-q', 'cinder', '-c', `UPDATE ${table} SET ${set} WHERE ${where} AND NOT deleted`);
  };

  const isTold = async (what: string, why: string) => {
    const { event = [] } = body(await api.get('/events?max=20'));
    const told = event.map(({ description }) => description).filter((text) => text?.includes(`'${what}'`));
    expect(told).toContainEqual(expect.stringContaining(why));
  };

  const isGone = (path: string) =>
    until(
      `${path} is gone`,
      () => api.get(path),
      ({ status }) => status === 404,
    );

  it('ends the waiting for a volume, and leaves nothing of it', async () => {
    await losing(async () => {
      const storage_domains = { storage_domain: [{ name: 'ceph-by-cinder' }] };
      const lost = body(await api.post('/disks', { name: 'e2e-lost', provisioned_size: GIB, format: 'raw', storage_domains }), 202);
      await isGone(`/disks/${lost['id']}`);
    });
    await isTold('e2e-lost', 'nobody there has begun to make it');
  });

  it('gives a disk back whose extension is lost, and extends it later', async () => {
    const id = await user.disk({ name: 'e2e-longer' });
    await losing(async () => {
      body(await api.put(`/disks/${id}`, { provisioned_size: 2 * GIB }), 200, 202);
      await user.diskIs(id, 'ok');
    });
    expect((await api.get(`/disks/${id}`)).body['provisioned_size']).toBe(String(GIB));
    await isTold('e2e-longer', 'nobody there has begun with it');
    await bed.audit.agrees();
    body(await api.put(`/disks/${id}`, { provisioned_size: 2 * GIB }), 200, 202);
    await user.diskIs(id, 'ok');
    expect((await api.get(`/disks/${id}`)).body['provisioned_size']).toBe(String(2 * GIB));
  });

  it('takes back a snapshot that is lost, and a preview', async () => {
    await at.prepare();
    const kept = await at.take('kept');
    await losing(async () => {
      const lost = body(await api.post(`/vms/${at.vmId}/snapshots`, { description: 'e2e-lost' }), 202)['id']!;
      await isGone(`/vms/${at.vmId}/snapshots/${lost}`);
      await at.act('previewsnapshot', { snapshot: { id: kept } });
      await at.is(kept, 'ok');
    });
    await isTold('e2e-lost', 'nobody there has begun to make it');
    await bed.audit.agrees();
    await at.preview(kept);
    await at.act('undosnapshot');
    await at.is(kept, 'ok');
    await at.remove(kept);
  });

  it('deletes a snapshot and a volume whose deletions are lost', async () => {
    await at.prepare();
    const snapshot = await at.take('kept');
    const volumeId = body(await api.get(`/disks/${at.diskId}`))['image_id']!;
    await loseDeletion('snapshots', `volume_id = '${volumeId}'`);
    await at.remove(snapshot);
    await loseDeletion('volumes', `id = '${volumeId}'`);
    await user.gone(`/vms/${at.vmId}`);
    await isGone(`/disks/${at.diskId}`);
  });

  describe('for groups of volumes', () => {
    const storage = new GroupStorage();
    const path = () => `/vms/${at.vmId}/snapshots`;

    beforeAll(() => storage.open());
    beforeEach(async () => {
      [at.vmId] = await storage.runVm(user);
    });
    afterAll(() => storage.close());

    it('takes back a group that is lost, with the snapshots', async () => {
      await losing(async () => {
        const lost = body(await api.post(path(), { description: 'e2e-lost-group' }), 202)['id']!;
        await isGone(`${path()}/${lost}`);
      });
      await isTold('e2e-lost-group', 'nobody there has begun to make it');
      await bed.audit.agrees();
    });

    it('deletes a group snapshot whose deletion is lost', async () => {
      const id = await at.take('kept');
      const [group] = await storage.groupsOf(id);
      await loseDeletion('group_snapshots', `group_id = '${group!.id}'`);
      await loseDeletion('snapshots', `group_snapshot_id = '${group!.snapshots[0]!.id}'`);
      await at.remove(id);
      expect(await storage.groupsOf(id)).toEqual([]);
    });
  });
});

import { body } from '../api.client';
import { Audit } from '../audit';
import { BARE_VM } from '../installation';
import { inLab, until } from '../lab';
import { SnapshotUser } from './snapshot-user';

jest.setTimeout(180_000);

const FAILED_TO_REMOVE = '357';

describe('snapshots of a VM with two disks', () => {
  const at = new SnapshotUser();
  const { user, api } = at;
  let audit: Audit;
  let otherDiskId: string;

  beforeAll(async () => {
    audit = await Audit.open();
    await user.ensureStorage();
    [at.vmId, at.diskId, otherDiskId] = await Promise.all([user.vm(BARE_VM), user.disk(), user.disk()]);
    await user.attach(at.vmId, at.diskId, { bootable: 'true' });
    await user.attach(at.vmId, otherDiskId);
  });
  afterAll(async () => {
    await api.delete(`/vms/${at.vmId}`);
    await user.cleanUp();
    await audit.agrees(30_000);
    await Promise.all([audit.close(), api.close()]);
  });

  const imageOf = async (diskId: string) => body(await api.get(`/disks/${diskId}`))['image_id'];
  const images = () => Promise.all([at.diskId, otherDiskId].map(imageOf));
  const disksIn = async (id: string) => body(await api.get(`/vms/${at.vmId}/snapshots/${id}/disks`))['disk'] ?? [];
  const nics = async () => (body(await api.get(`/vms/${at.vmId}/nics`))['nic'] ?? []).map(({ id }) => id);

  it('change only what a preview names, and a commit keeps the later snapshots of the rest', async () => {
    const first = await at.take('first');
    const nic = body(await api.post(`/vms/${at.vmId}/nics`, { name: 'nic1' }), 201)['id'];
    const second = await at.take('second');
    const [volume, other] = await images();
    await at.preview(first, [{ id: at.diskId }]);
    expect(await images()).toEqual([expect.not.stringContaining(volume!), other]);
    expect(await nics()).toEqual([]);
    await at.act('undosnapshot');
    expect(await images()).toEqual([volume, other]);
    expect(await nics()).toEqual([nic]);
    await at.preview(first, [{ id: at.diskId }]);
    await at.act('commitsnapshot');
    expect((await disksIn(second)).map(({ id }) => id)).toEqual([otherDiskId]);
    expect((await disksIn(first)).map(({ id }) => id).sort()).toEqual([at.diskId, otherDiskId].sort());
    await audit.agrees();
  });

  it('are previewed each as another snapshot has it', async () => {
    const [first, second] = (await at.list()).map(({ id }) => id!);
    const [image] = (await disksIn(second!)).map((disk) => disk['image_id']);
    const [volume, other] = await images();
    await at.preview(first!, [{ id: otherDiskId, image_id: image }]);
    expect(await images()).toEqual([volume, expect.not.stringContaining(other!)]);
    await at.act('undosnapshot');
    expect(await images()).toEqual([volume, other]);
    await audit.agrees();
  });

  it('stay with what Cinder keeps, because something depends on it, and go when nothing does any more', async () => {
    const third = await at.take('third');
    const [image] = body(await api.get(`/disks/${at.diskId}/disksnapshots`))['disk_snapshot']!.filter(
      ({ snapshot }) => snapshot?.id === third,
    );
    const { rows } = await audit.database.query<{ snapshot: string }>(
      'SELECT cinder_snapshot_id AS snapshot FROM disk_snapshot WHERE id = $1',
      [image!['id']],
    );
    const source = `volumes/volume-${await imageOf(at.diskId)}@snapshot-${rows[0]!.snapshot}`;
    await inLab('ceph', 'rbd', 'clone', source, 'volumes/e2e-dependent');
    try {
      body(await api.delete(`/vms/${at.vmId}/snapshots/${third}`), 200);
      const failures = async () =>
        (body(await api.get('/events?max=20'))['event'] ?? []).filter(
          ({ code, description }) => code === FAILED_TO_REMOVE && description!.includes("'third'"),
        );
      const [failure] = await until('the removal fails', failures, (found) => found.length > 0);
      expect(failure!['description']).toContain(rows[0]!.snapshot);
      await at.is(third, 'ok');
      expect((await disksIn(third)).map(({ id }) => id)).toEqual([at.diskId]);
    } finally {
      await inLab('ceph', 'rbd', 'rm', '--no-progress', 'volumes/e2e-dependent');
    }
    await at.remove(third);
    await audit.agrees();
  });

  it('go with the VM and its disks', async () => {
    body(await api.delete(`/vms/${at.vmId}`), 200);
    await Promise.all(
      [at.diskId, otherDiskId].map((id) =>
        until(
          `disk ${id} gone`,
          async () => (await api.get(`/disks/${id}`)).status,
          (status) => status === 404,
        ),
      ),
    );
    await audit.agrees();
  });
});

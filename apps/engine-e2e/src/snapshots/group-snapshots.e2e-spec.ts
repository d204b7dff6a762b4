import { type Json, body } from '../api.client';
import { until } from '../lab';
import { withQuota } from '../trouble/cinder-quota';
import { TROUBLE_MS, TroubleBed, refusal, refused } from '../trouble/trouble-bed';
import { GroupStorage } from './group-storage';
import { SnapshotUser } from './snapshot-user';

jest.setTimeout(TROUBLE_MS);

const NOT_QUIESCED = '90050';
const NOT_GROUPED = '90054';

describe('snapshots of a running VM whose storage can take several volumes at one moment', () => {
  const bed = new TroubleBed();
  const storage = new GroupStorage();
  const at = new SnapshotUser();
  const { user, api } = at;
  let diskIds: string[];

  beforeAll(async () => {
    await Promise.all([bed.open(), storage.open()]);
  });
  beforeEach(async () => {
    [at.vmId, ...diskIds] = await storage.runVm(user);
  });
  afterEach(async () => {
    const { status } = (await api.get(`/vms/${at.vmId}`)).body;
    if (status === 'up') await user.stop(at.vmId);
    await user.cleanUp();
    await bed.settle();
  });
  afterAll(async () => {
    await Promise.all([bed.close(), api.close()]);
    await storage.close();
  });

  const path = () => `/vms/${at.vmId}/snapshots`;
  const disksOf = async (snapshotId: string): Promise<Json[]> => body(await api.get(`${path()}/${snapshotId}/disks`))['disk'] ?? [];
  const warning = async (code: string): Promise<string | undefined> => {
    const events = body(await api.get('/events?max=50'))['event'] ?? [];
    return events.find((event: Json) => event['code'] === code && event['vm']?.id === at.vmId)?.['description'];
  };

  it('are taken by Cinder as one, while the guest goes on, and go as one', async () => {
    const id = await at.take('together');
    const [group, ...others] = await storage.groupsOf(id);
    expect(others).toEqual([]);
    expect(group).toMatchObject({ status: 'available', volumeIds: [], snapshots: [{ status: 'available' }] });
    const members = await storage.snapshotsOf(id);
    expect(members.map(({ groupSnapshotId, status }) => [groupSnapshotId, status])).toEqual(
      Array.from({ length: 2 }, () => [group!.snapshots[0]!.id, 'available']),
    );
    expect(await warning(NOT_QUIESCED)).toMatch(/after a power failure, because the guest could not be frozen \([^)]*\)\.$/);
    expect(await warning(NOT_GROUPED)).toBeUndefined();
    await bed.audit.agrees();

    await at.remove(id);
    expect(await storage.groupsOf(id)).toEqual([]);
    expect(await storage.snapshotsOf(id)).toEqual([]);
  });

  it('are refused to be removed in part, and nothing changes', async () => {
    const id = await at.take('whole');
    const [{ image_id: image, name, storage_domains }] = (await disksOf(id)) as [Json];
    const part = await api.delete(`/storagedomains/${storage_domains!['storage_domain']![0]!['id']}/disksnapshots/${image}`);
    expect(refusal(part)).toEqual(refused(409, `The snapshot of the disk ${name} was taken as a group with that of`));
    await user.stop(at.vmId);
    const disk = await api.delete(`/disks/${diskIds[1]}`);
    expect(refusal(disk)).toEqual(refused(409, "remove the VM's snapshot first"));
    expect((await storage.snapshotsOf(id)).length).toBe(2);
    await bed.audit.agrees();
    await at.remove(id);
  });

  it('can be previewed and undone, and go with their VM', async () => {
    const id = await at.take('shown');
    await user.stop(at.vmId);
    await at.act('previewsnapshot', { snapshot: { id } });
    await at.is(id, 'in_preview');
    await at.act('undosnapshot');
    await at.is(id, 'ok');
    body(await api.delete(`/vms/${at.vmId}`), 200);
    await until(
      'Cinder has nothing of the snapshot',
      async () => [...(await storage.snapshotsOf(id)), ...(await storage.groupsOf(id))],
      (left) => left.length === 0,
    );
    await user.gone(`/vms/${at.vmId}`);
  });

  it('that came later stay whole when only one of their disks goes back', async () => {
    const first = await at.take('first');
    const later = await at.take('later');
    await user.stop(at.vmId);
    await at.act('previewsnapshot', { snapshot: { id: first }, disks: { disk: [{ id: diskIds[0] }] } });
    await at.is(first, 'in_preview');
    await at.act('commitsnapshot');
    await at.is(first, 'ok');
    expect((await disksOf(later)).length).toBe(2);
    await bed.audit.agrees();
    await at.remove(later);
    await at.remove(first);
  });

  it('are taken beside those of other storages, for which the guest is paused', async () => {
    const other = await user.disk();
    await user.attach(at.vmId, other);
    const id = await at.take('mixed');
    const grouped = (await storage.snapshotsOf(id)).map(({ groupSnapshotId }) => groupSnapshotId !== null);
    expect(grouped.sort()).toEqual([false, true, true]);
    expect(await warning(NOT_QUIESCED)).toContain('its disks are of one moment, for which the guest was paused');
    await at.remove(id);
  });

  it('are taken one by one if Cinder refuses the group, with an event that says why', async () => {
    const id = await withQuota({ groups: (await storage.everyGroup()).length }, () => at.take('apart'));
    expect((await storage.snapshotsOf(id)).map(({ groupSnapshotId }) => groupSnapshotId)).toEqual([null, null]);
    expect(await storage.groupsOf(id)).toEqual([]);
    expect(await warning(NOT_QUIESCED)).toContain('for which the guest was paused');
    expect(await warning(NOT_GROUPED)).toMatch(/were taken one by one\. .*group/i);
    await at.remove(id);
  });

  it('are taken one by one if the storage cannot gather the volumes, which are usable as before', async () => {
    for (const id of diskIds) body(await api.put(`/disks/${id}`, { name: `e2e-ungroupable-${id}` }), 200, 202);
    await Promise.all(diskIds.map((id) => user.diskIs(id, 'ok')));
    const id = await at.take('ungroupable');
    expect((await storage.snapshotsOf(id)).map(({ groupSnapshotId, status }) => [groupSnapshotId, status])).toEqual([
      [null, 'available'],
      [null, 'available'],
    ]);
    expect(await warning(NOT_GROUPED)).toContain('Cinder could not gather the volumes in the group');
    await bed.audit.agrees();
    await at.remove(id);
  });
});

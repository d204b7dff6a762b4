import { randomUUID } from 'node:crypto';
import { type ApiAnswer, body, faultDetail } from '../api.client';
import { Audit } from '../audit';
import { BARE_VM } from '../installation';
import { SnapshotUser } from './snapshot-user';

jest.setTimeout(180_000);

const NOWHERE = randomUUID();
/** As oVirt itself has them: of no version that RFC 9562 knows. */
const ODD = '58ca604b-017d-0374-0220-00000000014e';

describe('what cannot be done with snapshots', () => {
  const at = new SnapshotUser();
  const { user, api } = at;
  let audit: Audit;
  let snapshot: string;
  let domainId: string;
  let otherDiskId: string;

  beforeAll(async () => {
    audit = await Audit.open();
    ({ domainId } = await user.ensureStorage());
    [at.vmId, at.diskId, otherDiskId] = await Promise.all([user.vm(BARE_VM), user.disk(), user.disk()]);
    await user.attach(at.vmId, at.diskId, { bootable: 'true' });
    await user.attach(at.vmId, otherDiskId);
    snapshot = await at.take('kept', { disk_attachments: { disk_attachment: [{ disk: { id: at.diskId } }] } });
  });
  afterAll(async () => {
    await api.delete(`/vms/${at.vmId}`);
    await user.cleanUp();
    await audit.agrees(30_000);
    await Promise.all([audit.close(), api.close()]);
  });

  const vm = (path = '') => `/vms/${at.vmId}${path}`;
  const preview = (id: string, more: object = {}) => api.post(vm('/previewsnapshot'), { snapshot: { id }, ...more });
  const disks = (...disk: object[]) => ({ disks: { disk } });

  const bad: [string, () => Promise<ApiAnswer>, number, RegExp][] = [
    ['a snapshot of no VM', () => api.post(`/vms/${NOWHERE}/snapshots`, { description: 'x' }), 404, /VM with id or name/],
    ['a snapshot without description', () => api.post(vm('/snapshots'), {}), 400, /description/],
    [
      'a snapshot of a disk that is not the VM’s',
      () => api.post(vm('/snapshots'), { description: 'x', disk_attachments: { disk_attachment: [{ disk: { id: NOWHERE } }] } }),
      409,
      /is not attached to the VM/,
    ],
    [
      'a snapshot of a disk with an odd id',
      () => api.post(vm('/snapshots'), { description: 'x', disk_attachments: { disk_attachment: [{ disk: { id: ODD } }] } }),
      409,
      /is not attached to the VM/,
    ],
    ['a snapshot that is not there', () => api.get(vm('/snapshots/None')), 404, /None/],
    ['the removal of one that is not there', () => api.delete(vm(`/snapshots/${NOWHERE}`)), 404, /Snapshot with id or name/],
    ['the removal of the active one', () => api.delete(vm(`/snapshots/${at.vmId}`)), 409, /active VM/],
    ['a preview of nothing', () => preview(NOWHERE), 404, /Snapshot with id or name/],
    ['a preview of the active one', () => preview(at.vmId), 409, /active VM/],
    ['a preview without a snapshot', () => api.post(vm('/previewsnapshot'), {}), 400, /snapshot/],
    ['a preview of a disk that is not in it', () => preview(snapshot, disks({ id: otherDiskId })), 409, /is not part of the snapshot/],
    ['a preview of a disk twice', () => preview(snapshot, disks({ id: at.diskId }, { id: at.diskId })), 409, /chosen twice/],
    ['an undo without a preview', () => api.post(vm('/undosnapshot')), 409, /not previewing/],
    ['a commit without a preview', () => api.post(vm('/commitsnapshot')), 409, /not previewing/],
    ['the detaching of a disk that is in a snapshot', () => api.delete(vm(`/diskattachments/${at.diskId}`)), 409, /contains snapshots/],
    ['the removal of the VM alone', () => api.delete(`${vm()}?detach_only=true`), 409, /have snapshots/],
    [
      'the removal of a disk snapshot that is not there',
      () => api.delete(`/storagedomains/${domainId}/disksnapshots/${NOWHERE}`),
      404,
      /Disk Snapshot/,
    ],
  ];

  it.each(bad)('refuses %s, and nothing changes', async (_what, ask, status, text) => {
    const before = await at.list();
    const answer = await ask();
    expect({ status: answer.status, detail: faultDetail(answer) }).toEqual({ status, detail: expect.stringMatching(text) as unknown });
    expect(await at.list()).toEqual(before);
    expect(await audit.findings()).toEqual([]);
  });

  it('refuses a shareable disk, and leaves it out when none is named', async () => {
    const shared = await user.disk({ shareable: 'true', openstack_volume_type: { name: 'ceph-multiattach' } });
    await user.attach(at.vmId, shared);
    const named = await api.post(vm('/snapshots'), { description: 'x', disk_attachments: { disk_attachment: [{ disk: { id: shared } }] } });
    expect({ status: named.status, detail: faultDetail(named) }).toEqual({
      status: 409,
      detail: expect.stringContaining('is shareable') as unknown,
    });
    const all = await at.take('all');
    const inside = body(await api.get(vm(`/snapshots/${all}/disks`)))['disk']!.map(({ id }) => id);
    expect(inside.sort()).toEqual([at.diskId, otherDiskId].sort());
    await at.remove(all);
    body(await api.delete(vm(`/diskattachments/${shared}`)), 200);
  });

  it('refuses in a preview what would mix it up', async () => {
    await at.preview(snapshot);
    const before = await at.list();
    const attempts = [
      await preview(snapshot),
      await api.post(vm('/snapshots'), { description: 'x' }),
      await api.delete(vm(`/snapshots/${snapshot}`)),
      await api.post(vm(`/snapshots/${snapshot}/restore`)),
      await api.delete(`${vm(`/diskattachments/${at.diskId}`)}?detach_only=false`),
      await api.delete(vm()),
    ];
    expect(attempts.map(({ status }) => status)).toEqual(attempts.map(() => 409));
    expect(attempts.map(faultDetail)).toEqual(attempts.map(() => expect.stringContaining('previewing a Snapshot') as unknown));
    expect(await at.list()).toEqual(before);
    await user.start(at.vmId);
    const running = [await api.post(vm('/undosnapshot')), await api.post(vm('/commitsnapshot'))];
    expect(running.map(({ status }) => status)).toEqual([409, 409]);
    await user.stop(at.vmId);
    await at.act('undosnapshot');
    await audit.agrees();
  });

  it('previews nothing while the VM runs', async () => {
    await user.start(at.vmId);
    const answer = await preview(snapshot);
    expect({ status: answer.status, detail: faultDetail(answer) }).toEqual({
      status: 409,
      detail: expect.stringContaining('not down') as unknown,
    });
    await user.stop(at.vmId);
  });

  it('shows and removes what a snapshot has of one disk, and the snapshot stays', async () => {
    const [image] = body(await api.get(`/disks/${at.diskId}/disksnapshots`))['disk_snapshot']!;
    expect(image).toMatchObject({ snapshot: { id: snapshot }, disk: { id: at.diskId }, status: 'ok' });
    const path = `/storagedomains/${domainId}/disksnapshots/${image!['id']}`;
    expect(body(await api.get(path))['snapshot']).toMatchObject({ id: snapshot });
    await user.gone(path);
    await at.is(snapshot, 'ok');
    expect(body(await api.get(vm(`/snapshots/${snapshot}/disks`)))['disk'] ?? []).toEqual([]);
    body(await api.delete(vm(`/diskattachments/${at.diskId}`)), 200);
  });
});

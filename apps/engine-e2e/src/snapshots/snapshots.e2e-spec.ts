import { randomUUID } from 'node:crypto';
import { body } from '../api.client';
import { Audit } from '../audit';
import { SnapshotUser } from './snapshot-user';

jest.setTimeout(180_000);

const MIB = 1024 ** 2;
const [ONE, TWO, THREE, FOUR] = ['one', 'two', 'three', 'four'].map((word) => `${word}-${randomUUID()}`) as [
  string,
  string,
  string,
  string,
];
const LENGTH = Math.max(...[ONE, TWO, THREE, FOUR].map(({ length }) => length));

describe('snapshots of a VM whose guest writes to its disk', () => {
  const at = new SnapshotUser();
  const { user, api } = at;
  let audit: Audit;
  let first: string;
  let second: string;

  beforeAll(async () => {
    audit = await Audit.open();
    await user.ensureStorage();
    await at.prepare();
  });
  afterAll(async () => {
    await Promise.all(['undosnapshot'].map((action) => api.post(`/vms/${at.vmId}/${action}`)));
    await user.vmIs(at.vmId, 'down').catch(() => undefined);
    await api.delete(`/vms/${at.vmId}`);
    await user.cleanUp();
    await Promise.all([audit.close(), api.close()]);
  });

  const shows = async (text: string) => expect((await at.read(LENGTH)).slice(0, text.length)).toBe(text);
  const memory = async () => Number(body(await api.get(`/vms/${at.vmId}`))['memory']);
  const agree = async () => audit.agrees();
  const described = async () => (await at.list()).map(({ description }) => description);

  it('are taken while it is down, one after the other, and keep bytes and hardware', async () => {
    await at.write(ONE);
    first = await at.take('first');
    body(await api.put(`/vms/${at.vmId}`, { memory: 192 * MIB, memory_policy: { guaranteed: 64 * MIB } }), 200);
    await at.write(TWO);
    second = await at.take('second');
    await at.write(THREE);
    await agree();
    expect(await described()).toEqual(['first', 'second', 'Active VM']);
    const shown = body(await api.get(`/vms/${at.vmId}/snapshots/${first}`));
    expect(shown).toMatchObject({ snapshot_status: 'ok', snapshot_type: 'regular', vm: { memory: String(256 * MIB) } });
    const [disk] = body(await api.get(`/vms/${at.vmId}/snapshots/${first}/disks`))['disk']!;
    expect(disk).toMatchObject({ id: at.diskId, provisioned_size: String(1024 * MIB), snapshot: { id: first } });
  });

  it('are shown by a preview, which undo takes back', async () => {
    await at.preview(first);
    await shows(ONE);
    expect(await memory()).toBe(256 * MIB);
    await agree();
    await at.act('undosnapshot');
    await shows(THREE);
    expect(await memory()).toBe(192 * MIB);
    await agree();
  });

  it('run in the preview on its own volume', async () => {
    await at.preview(second);
    await shows(TWO);
    await at.write(FOUR);
    await shows(FOUR);
    await at.act('undosnapshot');
    await shows(THREE);
    await agree();
  });

  it('become the VM by a commit, and older ones stay', async () => {
    await at.preview(second);
    await at.act('commitsnapshot');
    await at.is(second, 'ok');
    await shows(TWO);
    expect(await described()).toEqual(['first', 'second', 'Active VM']);
    await agree();
  });

  it('are taken of the right volume after a commit', async () => {
    await at.write(FOUR);
    const third = await at.take('third');
    await at.write(THREE);
    await at.preview(third);
    await shows(FOUR);
    await at.act('undosnapshot');
    await shows(THREE);
    await agree();
  });

  it('are restored at once, and the later ones go', async () => {
    body(await api.post(`/vms/${at.vmId}/snapshots/${first}/restore`), 200);
    await user.vmIs(at.vmId, 'down');
    await at.is(first, 'ok');
    await shows(ONE);
    expect(await memory()).toBe(256 * MIB);
    expect(await described()).toEqual(['first', 'Active VM']);
    await agree();
  });

  it('go, and with the last of them the volumes that were kept for them', async () => {
    await at.remove(first);
    await shows(ONE);
    expect(await described()).toEqual(['Active VM']);
    await agree();
    expect(await audit.volumesNamed(`clinker-${body(await api.get(`/disks/${at.diskId}`))['name']}`)).toHaveLength(1);
  });
});

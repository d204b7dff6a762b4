import { CinderClient } from '@clinker/cinder';
import { Operation } from '@clinker/sagas';
import { randomUUID } from 'node:crypto';
import { Cluster } from '../clusters/cluster.entity';
import { Host } from '../hosts/host.entity';
import { VmSnapshot } from '../snapshots/vm-snapshot.entity';
import { lab } from '../storage-domains/testing/storage.fixture';
import { FlowsFixture } from '../testing/flows.fixture';
import { Vm } from '../vms/vm.entity';
import { LeftoverSearchClient } from './leftover-search.client';

jest.setTimeout(180_000);

let flows: FlowsFixture;
let cinder: CinderClient;
let providerId: string;
let importedId: string;

beforeAll(async () => {
  flows = await FlowsFixture.start();
  const account = { username: lab('LAB_CINDER_USER'), password: lab('LAB_CINDER_PASSWORD'), projectName: lab('LAB_CINDER_PROJECT') };
  cinder = new CinderClient({ authenticationUrl: lab('OS_AUTH_URL'), ...account });
  [{ providerId }] = await flows.engine.db.query<[{ providerId: string }]>('SELECT provider_id AS "providerId" FROM storage_domain');
  importedId = await imported();
});
afterAll(async () => {
  await flows?.close();
  await cinder?.close();
});

const statusOf = (look: Promise<{ status: string }>): Promise<string | undefined> =>
  look.then(
    ({ status }) => status,
    () => undefined,
  );
const volumeIs = (id: string, status: string | undefined) =>
  flows.until(`the volume is ${status}`, async () => (await statusOf(cinder.volume(id))) === status);
const snapshotIs = (id: string, status: string | undefined) =>
  flows.until(`the snapshot is ${status}`, async () => (await statusOf(cinder.snapshot(id))) === status);
const found = async () =>
  (await flows.engine.get<LeftoverSearchClient>(LeftoverSearchClient).search(providerId)).findings.map(
    ({ kind, resourceId }) => `${kind} ${resourceId}`,
  );
const one = async (query: string): Promise<string> => (await flows.engine.db.query<{ id: string }[]>(query))[0]?.id ?? 'none';
const volumeOf = (diskId: string) => one(`SELECT volume_id AS id FROM disk WHERE id = '${diskId}'`);
const nothingRuns = () =>
  flows.until('no operation runs', async () => (await one('SELECT id FROM operation WHERE ended_at IS NULL')) === 'none');

/** A volume with a snapshot that somebody else has made, and that is a disk by now. */
async function imported(): Promise<string> {
  const { id } = await cinder.createVolume({ name: 'int-foreign', sizeGiB: 1, metadata: {} });
  await volumeIs(id, 'available');
  const snapshot = await cinder.createSnapshot({ volumeId: id, name: 'int-foreign', metadata: {} });
  await snapshotIs(snapshot.id, 'available');
  const answer = await flows.engine.ask('POST', `/storagedomains/${flows.ids.domain}/disks;unregistered`, `<disk id="${id}"/>`);
  expect(answer.status).toBe(201);
  return id;
}

const act = async (path: string, body = '<action/>') => expect((await flows.engine.ask('POST', path, body)).text).not.toContain('<fault>');
const sourceIs = (snapshots: number) =>
  flows.until('the preview has come about', async () => {
    const { db } = flows.engine;
    const isDown = await db.existsBy(Vm, { id: flows.ids.source, status: 'down' });
    return isDown && (await db.countBy(VmSnapshot, { vmId: flows.ids.source })) === snapshots;
  });

/** What the VM had before the commit is kept from here on only because a snapshot is of it. */
async function retireVolume(): Promise<void> {
  const { source, kept } = flows.ids;
  await act(`/vms/${source}/previewsnapshot`, `<action><snapshot id="${kept}"/></action>`);
  await sourceIs(2);
  await nothingRuns();
  expect(await one(`SELECT volume_id AS id FROM disk_volume WHERE role = 'set_aside'`)).not.toBe('none');
  expect(await found()).toEqual([]);
  await act(`/vms/${source}/commitsnapshot`);
  await sourceIs(1);
  await nothingRuns();
}

describe('a leftover is none', () => {
  it('of what disks, templates, pools, snapshots and imports have, and of what a preview sets aside and a commit retires', async () => {
    expect(await found()).toEqual([]);
    await retireVolume();
    expect(await one(`SELECT volume_id AS id FROM disk_volume WHERE role = 'kept_for_snapshots'`)).not.toBe('none');
    expect(await one('SELECT cinder_snapshot_id AS id FROM imported_snapshot')).not.toBe('none');
    expect(await found()).toEqual([]);
  });

  it('of the volume that a disk’s data are being copied into, and of its attachments', async () => {
    const hostId = await addHost();
    const { spare } = flows.ids;
    const move =
      '<storage_domain><name>ceph</name></storage_domain><disk><openstack_volume_type><name>ceph-multiattach</name></openstack_volume_type></disk>';
    const isRefused = { kind: 'answer', status: 400, body: { badRequest: { message: 'the types are too different' } } } as const;
    flows.cinder.disturb(isRefused, { method: 'POST', path: /\/action$/ }, 1);
    await act(`/disks/${spare}/move`, `<action>${move}</action>`);
    const target = async () =>
      (await cinder.findVolumes({ metadata: { clinker_disk_id: spare } })).find(({ volumeType }) => volumeType === 'ceph-multiattach');
    await flows.until('both volumes are attached to the host', async () => (await target())?.status === 'in-use');
    const { id, metadata } = (await target())!;
    expect(await found()).toEqual([]);

    await flows.engine.db.update(Host, { id: hostId }, { status: 'down' });
    const { id: jobId } = await flows.engine.db.findOneByOrFail(Operation, { saga: 'retype-disk' });
    await act(`/jobs/${jobId}/end`, '<action><succeeded>false</succeeded></action>');
    await nothingRuns();
    await volumeIs(id, undefined);
    expect(await found()).toEqual([]);
    await volumeTwin('ceph-multiattach', metadata);
  });
});

/** Has the same marks as a volume that is known: what a lost request could have made. It is found, and nothing else. */
async function volumeTwin(volumeType: string | null, metadata: Readonly<Record<string, string>>): Promise<void> {
  const { id } = await cinder.createVolume({ name: 'int-twin', sizeGiB: 1, volumeType: volumeType ?? undefined, metadata });
  await volumeIs(id, 'available');
  expect(await found()).toEqual([`volume ${id}`]);
  await cinder.deleteVolume(id);
  await volumeIs(id, undefined);
}

async function snapshotTwin(knownId: string): Promise<void> {
  const { volumeId, metadata } = await cinder.snapshot(knownId);
  const { id } = await cinder.createSnapshot({ volumeId, name: 'int-twin', metadata });
  await snapshotIs(id, 'available');
  expect(await found()).toEqual([`snapshot ${id}`]);
  await cinder.deleteSnapshot(id);
  await snapshotIs(id, undefined);
}

describe('a leftover is what has the same marks, and nobody knows, as', () => {
  it.each([
    ['the volume of a disk', () => volumeOf(flows.ids.root)],
    ['the volume of a template', () => volumeOf(flows.ids.goldenDisk)],
    ['the volume of a VM of a pool', () => volumeOf(flows.ids.memberDisk)],
    ['a volume that is kept for its snapshots', () => one(`SELECT volume_id AS id FROM disk_volume WHERE role = 'kept_for_snapshots'`)],
    ['a volume that was imported', () => Promise.resolve(importedId)],
  ])('%s', async (_what, knownId) => {
    const { volumeType, metadata } = await cinder.volume(await knownId());
    await volumeTwin(volumeType, metadata);
  });

  it.each([
    ['the snapshot that is kept of a template', 'template_disk'],
    ['the snapshot of a disk', 'disk_snapshot'],
    ['a snapshot that was imported', 'imported_snapshot'],
  ])('%s', async (_what, table) => snapshotTwin(await one(`SELECT cinder_snapshot_id AS id FROM ${table}`)));

  it('an attachment of a volume of ours to a VM that does not run', async () => {
    const volumeId = await volumeOf(flows.ids.spare);
    const { id } = await cinder.createAttachment({ volumeId, instanceId: flows.ids.source, connector: null, mode: 'rw' });
    expect(await found()).toEqual([`attachment ${id}`]);
    await cinder.deleteAttachment(id);
    await volumeIs(volumeId, 'available');
  });
});

describe('what is forgotten by force', () => {
  it('ends a preview all the same, and what it leaves in Cinder is found', async () => {
    const { source, kept, root } = flows.ids;
    await act(`/vms/${source}/previewsnapshot`, `<action><snapshot id="${kept}"/></action>`);
    await sourceIs(2);
    await nothingRuns();
    await flows.engine.db.query('DELETE FROM disk WHERE id = $1', [root]);
    await act(`/vms/${source}/undosnapshot`);
    await sourceIs(1);
    const left = await found();
    expect(left.map((one) => one.split(' ')[0]).sort()).toEqual(['snapshot', 'volume', 'volume', 'volume']);
    for (const id of idsOf(left, 'snapshot')) await cinder.deleteSnapshot(id).then(() => snapshotIs(id, undefined));
    for (const id of idsOf(left, 'volume')) await cinder.deleteVolume(id).then(() => volumeIs(id, undefined));
    expect(await found()).toEqual([]);
  });
});

const idsOf = (left: readonly string[], kind: string): string[] =>
  left.filter((one) => one.startsWith(kind)).map((one) => one.slice(kind.length + 1));

/** A host that nobody hears: what is begun there goes on for ever. */
async function addHost(): Promise<string> {
  const { id: clusterId } = await flows.engine.db.findOneByOrFail(Cluster, { name: 'Default' });
  const id = randomUUID();
  const connector = JSON.stringify({
    connector: { host: 'nobody', ip: '192.0.2.1', multipath: false, os_type: 'linux', platform: 'x86_64' },
  });
  const row = { id, name: 'nobody', clusterId, comment: '', address: '192.0.2.1', status: 'up' as const, agentRunId: randomUUID() };
  const heartbeatAt = new Date(Date.now() + 3_600_000);
  await flows.engine.db.insert(Host, { ...row, memoryFreeBytes: 0, capabilities: () => `'${connector}'`, heartbeatAt, secretUuids: [] });
  return id;
}

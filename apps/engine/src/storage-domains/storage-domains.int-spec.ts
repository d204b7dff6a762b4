import { randomUUID } from 'node:crypto';
import { Cluster } from '../clusters/cluster.entity';
import { DataCenter } from '../data-centers/data-center.entity';
import { DiskAttachment } from '../disk-attachments/disk-attachment.entity';
import { Disk } from '../disks/disk.entity';
import { Host } from '../hosts/host.entity';
import { BLANK_TEMPLATE_ID } from '../templates/template.entity';
import type { RunningEngine } from '../testing/running-engine';
import { Vm } from '../vms/vm.entity';
import { HostSecretsService } from '../volume-providers/host-secrets.service';
import { VolumeProvider } from '../volume-providers/volume-provider.entity';
import { holdActiveDomains } from './domain.lock';
import { StorageDomain, type StorageDomainStatus } from './storage-domain.entity';
import { StorageFixture, lab, providerXml } from './testing/storage.fixture';

const KEY = randomUUID();

let storage: StorageFixture;
let engine: RunningEngine;
let dataCenterId: string;
let domainId: string;
let providerId: string;
let attached: string;

beforeAll(async () => {
  storage = await StorageFixture.start();
  ({ engine } = storage);
  await addProvider();
  ({ id: dataCenterId } = await engine.db.findOneByOrFail(DataCenter, { name: 'Default' }));
  ({ id: domainId, providerId } = await engine.db.findOneByOrFail(StorageDomain, { name: 'ceph' }));
  attached = `/datacenters/${dataCenterId}/storagedomains/${domainId}`;
});

afterAll(() => storage?.close());

afterEach(() => storage.calm());

async function addProvider(): Promise<void> {
  const provider = await engine.ask(
    'POST',
    '/openstackvolumeproviders',
    providerXml({ name: 'ceph', authentication_url: `${storage.keystone.url}/v3` }),
  );
  const key = `<uuid>${KEY}</uuid><usage_type>ceph</usage_type><value>QVFB</value>`;
  const path = `/openstackvolumeproviders/${provider.id}/authenticationkeys`;
  expect(await engine.ask('POST', path, `<openstack_volume_authentication_key>${key}</openstack_volume_authentication_key>`)).toMatchObject(
    { status: 201 },
  );
}

const status = async (): Promise<StorageDomainStatus> => (await engine.db.findOneByOrFail(StorageDomain, { id: domainId })).status;
const act = (action: string) => engine.ask('POST', `${attached}/${action}`, '<action/>');
const attach = () =>
  engine.ask('POST', `/datacenters/${dataCenterId}/storagedomains`, `<storage_domain><name>ceph</name></storage_domain>`);
const lastEvent = async () => (await storage.events())[0];

async function addHost(name: string): Promise<string> {
  const { id: clusterId } = await engine.db.findOneByOrFail(Cluster, { name: 'Default' });
  const id = randomUUID();
  const row = {
    id,
    name,
    clusterId,
    comment: '',
    address: '192.0.2.1',
    status: 'up' as const,
    agentRunId: randomUUID(),
    memoryFreeBytes: 0,
  };
  await engine.db.insert(Host, { ...row, capabilities: () => "'{}'", heartbeatAt: new Date(), secretUuids: [] });
  return id;
}

async function addDisk(changes: Partial<Disk> = {}): Promise<Disk['id']> {
  const id = randomUUID() as Disk['id'];
  await engine.db.insert(Disk, { id, name: 'd', storageDomainId: domainId, provisionedSize: 2 ** 30, status: 'ok', ...changes });
  return id;
}

async function addVm(state: Vm['status'], diskId: Disk['id']): Promise<void> {
  const { id: clusterId } = await engine.db.findOneByOrFail(Cluster, { name: 'Default' });
  const size = { memory: 2 ** 30, memoryGuaranteed: 2 ** 30, memoryMax: 2 ** 30, sockets: 1, cores: 1, threads: 1 };
  const vm = { id: randomUUID(), name: 'web', clusterId, templateId: BLANK_TEMPLATE_ID, status: state, type: 'server' as const };
  await engine.db.insert(Vm, { ...vm, ...size, osType: 'other', bootDevices: ['hd'] });
  await engine.db.insert(DiskAttachment, { diskId, vmId: vm.id, interface: 'virtio', plugged: true, status: 'ok' });
}

async function removeDisksAndVms(): Promise<void> {
  await engine.db.createQueryBuilder().delete().from(Disk).execute();
  await engine.db.createQueryBuilder().delete().from(Vm).execute();
}

describe('a storage domain', () => {
  it('shows its status at the top level only while it is unattached', async () => {
    expect((await engine.ask('GET', `/storagedomains/${domainId}`)).text).toContain('<status>unattached</status>');
    expect((await engine.ask('GET', attached)).status).toBe(404);
    expect(await attach()).toMatchObject({ status: 201, text: expect.stringContaining('<status>active</status>') as string });
    const shown = (await engine.ask('GET', `/storagedomains?search=name%3D%22ceph%22+and+datacenter%3DDefault`)).text;
    expect(shown).toContain('<external_status>ok</external_status>');
    expect(shown).not.toContain('<status>');
    expect(await lastEvent()).toMatchObject({ code: 966, storageDomainId: domainId, correlationId: expect.any(String) as string });
  });

  it('is attached once', async () => {
    expect(await attach()).toMatchObject({ status: 409, text: expect.stringContaining('status is Active') as string });
  });

  it('goes into maintenance and comes back, as a job that tells its steps', async () => {
    const answer = await act('deactivate');
    expect(answer.text).toContain('<status>complete</status>');
    expect(await status()).toBe('maintenance');
    expect((await act('deactivate')).text).toContain('status is Maintenance');
    const steps = await engine.ask('GET', `/jobs/${answer.id}/steps`);
    expect(steps.text).toContain('Take the keys from the hosts');
    expect((await act('activate')).text).toContain('<status>complete</status>');
    expect(await status()).toBe('active');
  });

  it('is activated by one of two that want it at once', async () => {
    await act('deactivate');
    const answers = await Promise.all([act('activate'), act('activate')]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409]);
    expect(await status()).toBe('active');
  });

  it.each(['up', 'wait_for_launch', 'unknown'] as const)('stays active while a VM that is %s has a disk there', async (state) => {
    await addVm(state, await addDisk());
    const refused = await act('deactivate');
    expect(refused).toMatchObject({ status: 409, text: expect.stringContaining('plugged to running VMs: web') as string });
    expect(await status()).toBe('active');
    await removeDisksAndVms();
  });

  it('stays active while an operation works on a disk', async () => {
    await addDisk({ status: 'locked' });
    expect((await act('deactivate')).text).toContain('while there are running tasks on this Storage Domain');
    await removeDisksAndVms();
  });

  it('waits for what begins to use it before it goes into maintenance', async () => {
    let deactivated: ReturnType<typeof act> | undefined;
    await engine.db.transaction(async (tx) => {
      await holdActiveDomains(tx, [domainId], 'add', 'Virtual Disk');
      deactivated = act('deactivate');
      await tx.insert(Disk, { id: randomUUID() as Disk['id'], name: 'd', storageDomainId: domainId, provisionedSize: 1, status: 'locked' });
      await Promise.race([blockedSession(), deactivated]);
    });
    expect((await deactivated)?.text).toContain('running tasks');
    await removeDisksAndVms();
  });

  it('with disks is not detached; without, only from maintenance', async () => {
    expect((await engine.ask('DELETE', attached)).text).toContain('status is Active');
    await act('deactivate');
    await addDisk();
    expect((await engine.ask('DELETE', attached)).text).toContain('Cannot detach a non empty Cinder provider.');
    await removeDisksAndVms();
    expect((await engine.ask('DELETE', attached)).text).toContain('<status>complete</status>');
    expect(await status()).toBe('unattached');
    await attach();
  });

  it('returns to maintenance, with the reason in an event, if its Cinder refuses the account', async () => {
    await act('deactivate');
    await engine.db.query('UPDATE volume_provider SET version = version + 1, username = $1', ['somebody']);
    const failed = await act('activate');
    expect(failed).toMatchObject({ status: 409, text: expect.stringContaining('Could not find user: somebody') as string });
    expect(await status()).toBe('maintenance');
    expect(await lastEvent()).toMatchObject({ code: 967, description: expect.stringContaining('Could not find user: somebody') as string });
    await engine.db.query('UPDATE volume_provider SET version = version + 1, username = $1', [lab('LAB_CINDER_USER')]);
    expect((await act('activate')).status).toBe(200);
  });

  it('becomes active although Keystone fails for a moment', async () => {
    await act('deactivate');
    await engine.db.query('UPDATE volume_provider SET version = version + 1');
    storage.keystone.disturb({ kind: 'drop' }, { method: 'POST' }, 2);
    expect((await act('activate')).status).toBe(200);
    expect(storage.keystone.count({ method: 'POST' })).toBeGreaterThan(2);
  });

  it('becomes active without the host that cannot be reached; the event names it', async () => {
    const id = await addHost('nobody-1');
    await act('deactivate');
    expect((await act('activate')).status).toBe(200);
    expect((await lastEvent())?.description).toContain('could not be given its keys yet: nobody-1');
    await engine.db.delete(Host, { id });
  });

  it('is not made by itself', async () => {
    const answer = await engine.ask('POST', '/storagedomains', '<storage_domain/>');
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('comes with its volume provider') as string });
  });
});

describe('a change of a domain', () => {
  const put = (parts: string) => engine.ask('PUT', `/storagedomains/${domainId}`, `<storage_domain>${parts}</storage_domain>`);

  it('is of its texts and of the limits at which it warns', async () => {
    const limits =
      '<warning_low_space_indicator>15</warning_low_space_indicator><critical_space_action_blocker>0</critical_space_action_blocker>';
    const changed = await put(`<name>ceph2</name><description>fast</description>${limits}`);
    expect(changed.status).toBe(200);
    expect(changed.text).toContain('<critical_space_action_blocker>0</critical_space_action_blocker>');
    expect(changed.text).toContain('<warning_low_space_indicator>15</warning_low_space_indicator>');
    expect(await lastEvent()).toMatchObject({ code: 90_103, storageDomainId: domainId });
    expect((await put('<name>ceph</name>')).text).toContain('<description>fast</description>');
  });

  it.each([
    ['more than all', '<warning_low_space_indicator>101</warning_low_space_indicator>', 400, 'integer from 0 to 100'],
    ['a negative size', '<critical_space_action_blocker>-1</critical_space_action_blocker>', 400, 'integer from 0'],
    ['a name with a space', '<name>a b</name>', 400, 'can only include letters'],
  ])('is refused with %s, and nothing changes', async (_what, parts, code, text) => {
    const before = await engine.db.findOneByOrFail(StorageDomain, { id: domainId });
    expect(await put(`<description>new</description>${parts}`)).toMatchObject({
      status: code,
      text: expect.stringContaining(text) as string,
    });
    expect(await engine.db.findOneByOrFail(StorageDomain, { id: domainId })).toEqual(before);
  });
});

describe('the secrets of a host', () => {
  it('are the keys of the active domains of its data center', async () => {
    const secrets = engine.get(HostSecretsService);
    const hostId = await addHost('nobody-2');
    const version = await secrets.version();
    const usageName = `clinker/${providerId}/${KEY}`;
    expect(await secrets.secretSetFor(hostId)).toEqual({
      version,
      secrets: [{ uuid: KEY, usageType: 'ceph', usageName, description: '', value: 'QVFB' }],
    });
    await act('deactivate');
    const later = await secrets.secretSetFor(hostId);
    expect(later.secrets).toEqual([]);
    expect(later.version).toBeGreaterThan(version);
    expect((await secrets.secretSetFor(randomUUID())).secrets).toEqual([]);
    await engine.db.delete(Host, { id: hostId });
  });
});

describe('the removal of a domain', () => {
  const remove = (parameters = '') => engine.ask('DELETE', `/storagedomains/${domainId}${parameters}`);

  it('is refused while it is attached, and with disks', async () => {
    if ((await status()) !== 'active') await act('activate');
    expect((await remove()).text).toContain("Cannot remove Storage Domain. The relevant Storage Domain's status is Active.");
    expect((await remove('?destroy=true')).text).toContain('status is Active');
    await act('deactivate');
    expect(await remove()).toMatchObject({ status: 409, text: expect.stringContaining('status is Maintenance') as string });
    await engine.ask('DELETE', attached);
    await addDisk();
    expect(await remove('?host=host1')).toMatchObject({
      status: 409,
      text: expect.stringContaining('non empty Cinder provider') as string,
    });
    expect(await engine.db.countBy(VolumeProvider, { id: providerId })).toBe(1);
    await removeDisksAndVms();
  });

  it('takes its provider and keys along', async () => {
    expect(await remove('?host=host1')).toMatchObject({
      status: 200,
      text: expect.stringContaining('<status>complete</status>') as string,
    });
    expect((await remove()).status).toBe(404);
    expect(await engine.db.count(VolumeProvider)).toBe(0);
    expect(await engine.db.query('SELECT FROM authentication_key')).toEqual([]);
  });
});

/** Until some session waits for a lock that another holds; ten seconds at most, so that a test that fails also ends. */
async function blockedSession(): Promise<void> {
  const waiting = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline && (await engine.db.query<unknown[]>(waiting)).length === 0) await new Promise(setImmediate);
}

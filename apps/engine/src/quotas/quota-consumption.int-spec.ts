import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { DataCenter } from '../data-centers/data-center.entity';
import { Disk } from '../disks/disk.entity';
import { Event } from '../events/event.entity';
import { providerXml } from '../storage-domains/testing/storage.fixture';
import { ENGINE_PARTS } from '../testing/engine.parts';
import { RunningEngine } from '../testing/running-engine';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import { Vm } from '../vms/vm.entity';
import { consumeStorage } from './quota.consumption';
import { Quota, QuotaStorageLimit } from './quota.entity';

jest.setTimeout(90_000);

const GIB = 2 ** 30;
const containing = (text: string) => expect.stringContaining(text) as string;

let engine: RunningEngine;
let dc: string;
let quotas: string;
let quotaId: string;

beforeAll(async () => {
  engine = await RunningEngine.start(ENGINE_PARTS);
  ({ id: dc } = await engine.db.findOneByOrFail(DataCenter, { name: 'Default' }));
  quotas = `/datacenters/${dc}/quotas`;
  const added = await engine.ask('POST', '/openstackvolumeproviders', providerXml({ name: 'ceph', data_center: '<name>Default</name>' }));
  expect(added.status).toBe(201);
});

afterAll(() => engine?.close());

beforeEach(async () => {
  const body = `<quota><name>q-${randomUUID()}</name><storage_hard_limit_pct>0</storage_hard_limit_pct><cluster_hard_limit_pct>0</cluster_hard_limit_pct></quota>`;
  quotaId = (await engine.ask('POST', quotas, body)).id;
  await engine.ask('POST', `${quotas}/${quotaId}/quotastoragelimits`, '<quota_storage_limit><limit>5</limit></quota_storage_limit>');
  await mode('enabled');
});

afterEach(async () => {
  const disks = await engine.db.find(Disk);
  await until(async () => !(await engine.db.existsBy(Disk, { status: 'locked' })));
  await Promise.all(disks.map(({ id }) => engine.ask('DELETE', `/disks/${id}`)));
  await until(async () => (await engine.db.count(Disk)) === 0);
  await engine.db.createQueryBuilder().delete().from(Vm).execute();
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 40_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('It has not come about');
    await pause(50);
  }
}

const mode = (quotaMode: string) =>
  engine.ask('PUT', `/datacenters/${dc}`, `<data_center><quota_mode>${quotaMode}</quota_mode></data_center>`);
const disk = (gib: number, quota = `<quota id="${quotaId}"/>`) =>
  engine.ask(
    'POST',
    '/disks',
    `<disk><name>d</name><format>raw</format><provisioned_size>${gib * GIB}</provisioned_size>${quota}
     <storage_domains><storage_domain><name>ceph</name></storage_domain></storage_domains></disk>`,
  );
const usage = async (kind: string): Promise<string> => (await engine.ask('GET', `${quotas}/${quotaId}/${kind}`)).text;
const lastEvent = async () => (await engine.db.find(Event, { order: { id: 'DESC' }, take: 1 }))[0];

describe('storage of a quota', () => {
  it('is given up to the limit, however many ask at once, and shown as used', async () => {
    const answers = await Promise.all([2, 2, 2, 2].map((gib) => disk(gib)));
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 202, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.text).toContain(
      'Cannot add Virtual Disk. Quota has insufficient storage resources.',
    );
    expect(await engine.db.count(Disk)).toBe(2);
    expect(await usage('quotastoragelimits')).toContain('<limit>5</limit><usage>4</usage>');
    const [one] = await engine.db.find(Disk);
    expect((await engine.ask('GET', `/disks/${one?.id ?? ''}`)).text).toContain(`quotas/${quotaId}" id="${quotaId}"/>`);
    expect((await disk(1)).status).toBe(202);
  });

  it('is taken by what a disk grows', async () => {
    const { id } = await disk(3);
    await until(() => engine.db.existsBy(Disk, { status: 'ok' }));
    const grow = (gib: number) => engine.ask('PUT', `/disks/${id}`, `<disk><provisioned_size>${gib * GIB}</provisioned_size></disk>`);
    expect(await grow(6)).toMatchObject({ status: 409, text: containing('insufficient storage resources') });
    expect(await engine.db.findOneByOrFail(Disk, {})).toMatchObject({ provisionedSize: 3 * GIB, status: 'ok' });
    expect((await grow(5)).status).toBe(200);
  });

  it('is taken by a disk that comes from another domain if the limit is for its new one', async () => {
    const { id: storageDomainId } = await engine.db.findOneByOrFail(StorageDomain, { name: 'ceph' });
    const move = (bytes: number) =>
      engine.db.transaction((tx) =>
        consumeStorage(tx, { action: 'move', type: 'Virtual Disk', quotaId, storageDomainId, bytes, isMoved: true }),
      );
    await move(6 * GIB);
    const limits = `${quotas}/${quotaId}/quotastoragelimits`;
    const { id } = await engine.db.findOneByOrFail(QuotaStorageLimit, { quotaId });
    expect((await engine.ask('DELETE', `${limits}/${id}`)).status).toBe(200);
    const own = `<quota_storage_limit><limit>5</limit><storage_domain id="${storageDomainId}"/></quota_storage_limit>`;
    expect((await engine.ask('POST', limits, own)).status).toBe(201);
    await move(5 * GIB);
    await expect(move(6 * GIB)).rejects.toThrow('Cannot move Virtual Disk. Quota has insufficient storage resources.');
  });

  it('is taken by a disk that comes from another quota', async () => {
    const { id } = await disk(6, '');
    await until(() => engine.db.existsBy(Disk, { status: 'ok' }));
    const put = () => engine.ask('PUT', `/disks/${id}`, `<disk><name>e</name><quota id="${quotaId}"/></disk>`);
    expect(await put()).toMatchObject({ status: 409, text: containing('Cannot edit Virtual Disk. Quota has insufficient') });
    expect(await engine.db.findOneByOrFail(Disk, {})).toMatchObject({ name: 'd', quotaId: expect.not.stringContaining(quotaId) as string });
    await mode('disabled');
    expect((await put()).text).toContain(`quotas/${quotaId}" id="${quotaId}"/>`);
  });

  it('is only told of when quotas are audited, and not even that when they are disabled', async () => {
    await mode('disabled');
    expect((await disk(6)).status).toBe(202);
    expect(await engine.db.countBy(Event, { code: 90_112 })).toBe(0);
    await mode('audit');
    expect((await disk(1)).status).toBe(202);
    const [told] = await engine.db.findBy(Event, { code: 90_112 });
    expect(told).toMatchObject({
      severity: 'error',
      dataCenterId: dc,
      description: containing('6 GiB of storage are used, 1 GiB more are wanted'),
    });
  });

  it('warns from the threshold on, and again in grace', async () => {
    await engine.ask('PUT', `${quotas}/${quotaId}`, '<quota><storage_hard_limit_pct>100</storage_hard_limit_pct></quota>');
    await engine.db.createQueryBuilder().delete().from(Event).execute();
    await disk(5);
    expect(await engine.db.countBy(Event, { code: 90_110 })).toBe(1);
    await disk(5);
    expect(await engine.db.countBy(Event, { code: 90_111 })).toBe(1);
    expect(await engine.db.countBy(Event, { code: 90_112 })).toBe(0);
    expect((await disk(1)).status).toBe(409);
  });

  it('of single domains gives nothing of others', async () => {
    const other = randomUUID();
    await engine.db.query(
      "INSERT INTO volume_provider SELECT $1, 'other', '', url, authentication_url, true, username, password_sealed, tenant_name, user_domain_name, project_domain_name, NULL, 1 FROM volume_provider LIMIT 1",
      [other],
    );
    await engine.db.query(
      "INSERT INTO storage_domain (id, name, type, storage_type, provider_id, data_center_id, status) VALUES ($1, 'other', 'volume', 'cinder', $1, $2, 'maintenance')",
      [other, dc],
    );
    const limits = `${quotas}/${quotaId}/quotastoragelimits`;
    await engine.ask('DELETE', `${limits}/${(await engine.ask('GET', limits)).id}`);
    await engine.ask('POST', limits, `<quota_storage_limit><limit>9</limit><storage_domain id="${other}"/></quota_storage_limit>`);
    expect(await disk(1)).toMatchObject({ status: 409, text: containing('is not defined for this Storage Domain') });
  });

  it.each([
    ['a quota that is not there', `<quota id="${randomUUID()}"/>`, 404, 'Quota'],
    ['a quota without a name', '<quota/>', 400, 'quota'],
  ])('is refused with %s, and nothing is stored', async (_what, quota, status, text) => {
    expect(await disk(1, quota)).toMatchObject({ status, text: containing(text) });
    expect(await engine.db.count(Disk)).toBe(0);
  });
});

describe('a quota', () => {
  it('stays while a disk has it; the default one always', async () => {
    await disk(1);
    expect(await engine.ask('DELETE', `${quotas}/${quotaId}`)).toMatchObject({
      status: 409,
      text: containing('VMs or disks belong to the Quota'),
    });
    const { id } = await engine.db.findOneByOrFail(Quota, { dataCenterId: dc, isDefault: true });
    expect(await engine.ask('DELETE', `${quotas}/${id}`)).toMatchObject({ status: 409, text: containing('default Quota') });
    expect(await engine.db.countBy(Quota, { id: quotaId })).toBe(1);
  });

  it('comes with each data center, and its mode is one of three', async () => {
    const added = await engine.ask('POST', '/datacenters', '<data_center><name>second</name><quota_mode>audit</quota_mode></data_center>');
    expect(added.text).toContain('<quota_mode>audit</quota_mode>');
    expect((await engine.ask('GET', `/datacenters/${added.id}/quotas`)).text).toContain('<name>Default</name>');
    expect(await mode('sometimes')).toMatchObject({ status: 400, text: containing('sometimes is not a member of') });
    expect((await engine.db.findOneByOrFail(DataCenter, { id: dc })).quotaMode).toBe('enabled');
    expect((await engine.ask('DELETE', `/datacenters/${added.id}`)).status).toBe(200);
  });
});

describe('processors and memory of a quota', () => {
  const vm = async (memoryGib: number, cores: number, status: 'down' | 'up'): Promise<string> => {
    const shape = `<memory>${memoryGib * GIB}</memory><cpu><topology><cores>${cores}</cores><sockets>1</sockets><threads>1</threads></topology></cpu>`;
    const body = `<vm><name>v-${randomUUID()}</name><cluster><name>Default</name></cluster><template><name>Blank</name></template>${shape}
      <os><boot><devices><device>network</device></devices></boot></os><quota id="${quotaId}"/></vm>`;
    const { id, status: code } = await engine.ask('POST', '/vms', body);
    expect(code).toBe(201);
    await engine.db.update(Vm, { id }, { status });
    return id;
  };
  const start = (id: string) => engine.ask('POST', `/vms/${id}/start`, '<action/>');

  beforeEach(async () => {
    const limit = '<quota_cluster_limit><memory_limit>4</memory_limit><vcpu_limit>4</vcpu_limit></quota_cluster_limit>';
    expect((await engine.ask('POST', `${quotas}/${quotaId}/quotaclusterlimits`, limit)).status).toBe(201);
  });

  it.each([
    ['memory', 3, 1, '2 GiB of memory are used, 3 GiB more are wanted, and 4 GiB are allowed'],
    ['virtual CPUs', 1, 2, '3 of virtual CPUs are used, 2 more are wanted, and 4 are allowed'],
  ])('are taken by VMs that run: %s', async (_what, memoryGib, cores, text) => {
    await vm(2, 3, 'up');
    const refused = await start(await vm(memoryGib, cores, 'down'));
    expect(refused).toMatchObject({ status: 409, text: containing(`Quota has insufficient cluster resources.`) });
    expect(refused.text).toContain(text);
    expect(await engine.db.countBy(Vm, { status: 'down' })).toBe(1);
    expect(await usage('quotaclusterlimits')).toContain(
      '<memory_limit>4</memory_limit><memory_usage>2</memory_usage><vcpu_limit>4</vcpu_limit><vcpu_usage>3</vcpu_usage>',
    );
  });

  it('let start what fits, and are no matter for VMs that are down', async () => {
    await vm(4, 4, 'down');
    const id = await vm(4, 4, 'down');
    expect((await start(id)).text).toContain('The cluster has no hosts');
    expect((await engine.ask('GET', `/vms/${id}`)).text).toContain(`<quota id="${quotaId}"/>`);
    await mode('disabled');
    await vm(4, 4, 'up');
    expect((await start(id)).text).toContain('The cluster has no hosts');
  });
});

describe('who may take of a quota', () => {
  it('needs the permit for it', async () => {
    const user = await engine.ask(
      'POST',
      '/users',
      '<user><user_name>jo</user_name><domain><name>internal-authz</name></domain><password>pass-word-1</password></user>',
    );
    const { id: domainId } = (await engine.db.query<{ id: string }[]>("SELECT id FROM storage_domain WHERE name = 'ceph'"))[0] ?? {
      id: '',
    };
    const permission = `<permission><role><name>DiskCreator</name></role><user id="${user.id}"/></permission>`;
    expect((await engine.ask('POST', `/storagedomains/${domainId}/permissions`, permission)).status).toBe(201);
    const body = (quota: string) => `<disk><name>d</name><format>raw</format><provisioned_size>1</provisioned_size>${quota}
      <storage_domains><storage_domain id="${domainId}"/></storage_domains></disk>`;
    const ask = (quota: string) => engine.ask('POST', '/disks', body(quota), { login: 'jo@internal', password: 'pass-word-1' });
    expect([403, 404]).toContain((await ask(`<quota id="${quotaId}"/>`)).status);
    expect(await engine.db.count(Disk)).toBe(0);
    expect((await ask('')).status).toBe(202);
    expect((await lastEvent())?.code).toBeDefined();
  });
});

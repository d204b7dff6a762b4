import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Event } from '../events/event.entity';
import { DomainHealthService } from './domain-health.service';
import { StorageDomain } from './storage-domain.entity';
import { StorageFixture, providerXml } from './testing/storage.fixture';

const POOLS = { path: /get_pools/ };
const GIB = 2 ** 30;

let storage: StorageFixture;
let domainId: string;

const domain = () => storage.engine.db.findOneByOrFail(StorageDomain, { id: domainId });

/** Looks again and again, ten seconds at most. */
async function until(what: (seen: StorageDomain) => boolean): Promise<StorageDomain> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const seen = await domain();
    if (what(seen) || Date.now() > deadline) return seen;
    await pause(20);
  }
}

const codes = async (...wanted: number[]): Promise<number[]> =>
  (await storage.engine.db.find(Event, { where: { storageDomainId: domainId }, order: { id: 'ASC' } }))
    .map(({ code }) => code)
    .filter((code) => wanted.includes(code));

const pool = (changes: Record<string, unknown>) => ({
  name: `lab@${randomUUID()}#ceph`,
  capabilities: { backend_state: 'up', total_capacity_gb: 100, free_capacity_gb: 50, ...changes },
});

/** From now on Cinder shows these pools; how the real ones fill and fail cannot be provoked. */
const showPools = (...pools: unknown[]) => storage.cinder.disturb({ kind: 'answer', status: 200, body: { pools } }, POOLS);

beforeAll(async () => {
  process.env['CLINKER_PROVIDER_LOOK'] = '100ms';
  storage = await StorageFixture.start();
  const body = providerXml({ name: 'watched', url: storage.cinder.url, data_center: '<name>Default</name>' });
  const { id } = await storage.engine.ask('POST', '/openstackvolumeproviders', body);
  domainId = (await storage.domainOf(id)).id;
});

afterAll(async () => {
  delete process.env['CLINKER_PROVIDER_LOOK'];
  await storage?.close();
});

afterEach(async () => {
  storage.calm();
  await until(({ status, externalStatus }) => status === 'active' && externalStatus === 'ok');
});

describe('a domain whose Cinder', () => {
  it('stops answering is inactive, and active again by itself, with one event for each', async () => {
    expect(await domain()).toMatchObject({ status: 'active', externalStatus: 'ok' });
    storage.cinder.disturb({ kind: 'drop' });
    expect(await until(({ status }) => status === 'inactive')).toMatchObject({ status: 'inactive', externalStatus: 'error' });
    expect((await storage.engine.ask('GET', `/storagedomains/${domainId}`)).text).toContain('<external_status>error</external_status>');
    expect((await storage.engine.ask('GET', '/storagedomains?search=external_status%3Derror')).id).toBe(domainId);
    storage.calm();
    expect(await until(({ status }) => status === 'active')).toMatchObject({ status: 'active', externalStatus: 'ok' });
    expect(await codes(970, 90_101, 90_102)).toEqual([970, 90_102]);
  });

  it('is away is deactivated all the same, and then left alone', async () => {
    const path = `/datacenters/${(await domain()).dataCenterId ?? ''}/storagedomains/${domainId}`;
    storage.cinder.disturb({ kind: 'drop' });
    await until(({ status }) => status === 'inactive');
    expect((await storage.engine.ask('POST', `${path}/deactivate`, '<action/>')).status).toBe(200);
    expect(await domain()).toMatchObject({ status: 'maintenance', externalStatus: 'ok' });
    expect(await storage.engine.get(DomainHealthService).claimDue(0)).toEqual([]);
    expect((await storage.engine.ask('POST', `${path}/activate`, '<action/>')).status).toBe(409);
    storage.calm();
    expect((await storage.engine.ask('POST', `${path}/activate`, '<action/>')).status).toBe(200);
  });

  it('has a back end that is down works in part', async () => {
    showPools(pool({}), pool({ backend_state: 'down' }));
    expect(await until(({ externalStatus }) => externalStatus === 'warning')).toMatchObject({
      status: 'active',
      externalStatus: 'warning',
    });
    expect((await storage.events())[0]).toMatchObject({ code: 90_101, severity: 'warning' });
  });

  it.each([
    ['numbers', [pool({})], 50 * GIB],
    ['infinite', [pool({ total_capacity_gb: 'infinite', free_capacity_gb: 'infinite' })], null],
    ['unknown', [pool({ total_capacity_gb: 'unknown', free_capacity_gb: 'unknown' })], null],
    ['numbers, twice', [pool({}), pool({})], 100 * GIB],
  ])('tells its capacity: %s', async (_what, pools, availableBytes) => {
    showPools(...pools);
    expect(await until((seen) => seen.availableBytes === availableBytes)).toMatchObject({ availableBytes, usedBytes: availableBytes });
    const { text } = await storage.engine.ask('GET', `/storagedomains/${domainId}`);
    expect(/<available>(\d+)/.exec(text)?.[1]).toBe(availableBytes === null ? undefined : String(availableBytes));
  });

  it('has little space left warns once', async () => {
    const limits = '<warning_low_space_indicator>40</warning_low_space_indicator>';
    await storage.engine.ask('PUT', `/storagedomains/${domainId}`, `<storage_domain>${limits}</storage_domain>`);
    showPools(pool({ free_capacity_gb: 39 }));
    await until(({ availableBytes }) => availableBytes === 39 * GIB);
    showPools(pool({ free_capacity_gb: 38 }));
    await until(({ availableBytes }) => availableBytes === 38 * GIB);
    expect(await codes(200)).toEqual([200]);
    expect((await storage.events(1))[0]?.description).toContain('Low disk space. watched domain has 39 GB');
  });
});

describe('looking', () => {
  it('is done by one of several engines at a time', async () => {
    const health = storage.engine.get(DomainHealthService);
    const claims = await Promise.all([1, 2, 3].map(() => health.claimDue(60_000)));
    expect(claims.flat()).toEqual([]);
    await storage.engine.db.query("UPDATE storage_domain_health SET looked_at = 'epoch'");
    const again = await Promise.all([1, 2, 3].map(() => health.claimDue(60_000)));
    expect(again.flat().length).toBeLessThanOrEqual(1);
  });
});

import { randomUUID } from 'node:crypto';
import { HttpProxy } from '@clinker/testing';
import { CinderClient } from './cinder.client';
import type { Volume } from './cinder.schemas';
import { cinderOrigin, labAccount, LabVolumes } from './testing/lab.cinder';
import { VolumeWatcher } from './volume.watcher';

let proxy: HttpProxy;
let client: CinderClient;
let lab: LabVolumes;
let watcher: VolumeWatcher;
const errors: unknown[] = [];
const LISTS = { method: 'GET', path: /\/volumes(\/detail)?\?/ };
const SINGLES = { method: 'GET', path: /\/volumes\/[0-9a-f-]{36}/ };

beforeAll(async () => {
  proxy = await HttpProxy.start(cinderOrigin());
  client = new CinderClient(labAccount({ url: proxy.url }), { retries: 0 });
  lab = new LabVolumes();
  await client.version();
});
beforeEach(() => {
  proxy.reset();
  errors.length = 0;
  watcher = new VolumeWatcher(client, { onError: (error) => errors.push(error) });
});
afterEach(() => watcher.close());
afterAll(async () => {
  await lab.close();
  await client.close();
  await proxy.close();
}, 60_000);

/** Resolves with the first report that satisfies. */
function seen(id: string, satisfies: (volume: Volume | null) => boolean): Promise<Volume | null> {
  return new Promise((resolve) => {
    const stop = watcher.watch(id, (volume) => {
      if (!satisfies(volume)) return;
      stop();
      resolve(volume);
    });
  });
}
const available = (volume: Volume | null): boolean => volume?.status === 'available';
const gone = (volume: Volume | null): boolean => volume === null;

it('sees 20 volumes become available and then go, with a few requests for all of them', async () => {
  watcher = new VolumeWatcher(client, { lookAgainMs: 3600_000, onError: (error) => errors.push(error) });
  const make = (): Promise<Volume> => client.createVolume({ name: 'watched', sizeGiB: 1, metadata: lab.metadata });
  const volumes = await Promise.all(Array.from({ length: 20 }, make));
  const start = performance.now();
  await Promise.all(volumes.map(({ id }) => seen(id, available)));
  const creating = { ms: performance.now() - start, lists: proxy.count(LISTS), singles: proxy.count(SINGLES) };
  expect(creating.singles).toBeLessThanOrEqual(5);
  expect(creating.lists).toBeLessThanOrEqual(5 + creating.ms / 50);

  await Promise.all(volumes.map(({ id }) => client.deleteVolume(id)));
  proxy.requests.length = 0;
  const deleted = performance.now();
  await Promise.all(volumes.map(({ id }) => seen(id, gone)));
  const deleting = { ms: performance.now() - deleted, lists: proxy.count(LISTS), singles: proxy.count(SINGLES) };
  expect(deleting.singles).toBeLessThanOrEqual(40);
  expect(deleting.lists).toBeLessThanOrEqual(2 * (5 + deleting.ms / 50));
  expect(errors).toEqual([]);
}, 120_000);

it('tells at once what already is, to a late listener as well, and asks nothing when nobody waits', async () => {
  const { id } = await lab.create();
  const reports: (string | undefined)[] = [];
  const stop = watcher.watch(id, (volume) => reports.push(volume?.status));
  await seen(id, available);
  await seen(id, available);
  expect(reports).toEqual(['available']);
  stop();
  expect(watcher.size).toBe(0);
  const asked = proxy.count();
  await lab.client.updateVolume(id, { name: 'nobody looks' });
  expect(proxy.count()).toBe(asked);
});

it('says that a volume is gone that never was, and only once', async () => {
  await expect(seen(randomUUID(), gone)).resolves.toBeNull();
  expect(watcher.size).toBe(0);
});

it('sees a change and a deletion among several', async () => {
  const [kept, doomed] = [await lab.create(), await lab.create()];
  const renamed = seen(kept.id, (volume) => volume?.name === 'renamed');
  const left = seen(doomed.id, gone);
  await client.updateVolume(kept.id, { name: 'renamed' });
  await client.deleteVolume(doomed.id);
  await expect(renamed).resolves.toMatchObject({ id: kept.id });
  await expect(left).resolves.toBeNull();
});

describe.each([1, 2])('with %i volumes', (count) => {
  it.each([
    ['an error', { kind: 'answer', status: 500 }],
    ['a refusal', { kind: 'answer', status: 403 }],
    ['a lost connection', { kind: 'drop' }],
    ['an answer that is none', { kind: 'answer', status: 200, body: '<html>' }],
    ['an answer of the wrong shape', { kind: 'answer', status: 200, body: { volumes: 'none' } }],
  ] as const)('takes %s for no change, keeps the watch, and goes on afterwards', async (_, disturbance) => {
    const volumes = await Promise.all(Array.from({ length: count }, () => lab.create()));
    const reports: (string | undefined)[] = [];
    const heal = proxy.disturb(disturbance);
    const failedThrice = new Promise<void>((resolve) => {
      const onError = (): unknown => errors.push('failed') === 3 && resolve();
      watcher = new VolumeWatcher(client, { maxFailingIntervalMs: 100, onError });
    });
    const all = Promise.all(volumes.map(({ id }) => seen(id, (volume) => reports.push(volume?.status) > 0)));
    await failedThrice;
    expect(reports).toEqual([]);
    expect(watcher.size).toBe(count);
    heal();
    await all;
    expect(reports).toEqual(volumes.map(() => 'available'));
  });
});

it('goes on when one listener throws', async () => {
  const { id } = await lab.create();
  watcher.watch(id, () => {
    throw new Error('a bad listener');
  });
  await expect(seen(id, available)).resolves.toMatchObject({ id });
  expect(errors).toEqual([expect.objectContaining({ message: 'a bad listener' })]);
});

it('finds a change that a clock behind dated too early', async () => {
  const [one, two] = [await lab.create(), await lab.create()];
  watcher = new VolumeWatcher(client, { overlapMs: -3600_000, lookAgainMs: 300 });
  const renamed = seen(one.id, (volume) => volume?.name === 'dated too early');
  await seen(two.id, available);
  watcher.watch(two.id, () => undefined);
  await client.updateVolume(one.id, { name: 'dated too early' });
  await expect(renamed).resolves.toMatchObject({ id: one.id });
});

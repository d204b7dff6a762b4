import type { StepContext } from '@clinker/sagas';
import { randomUUID } from 'node:crypto';
import { StorageFixture, lab, providerXml } from '../storage-domains/testing/storage.fixture';
import type { DiskId, VolumeId } from './disk.entity';
import { DiskVolumeClient } from './disk-volume.client';
import { DisksModule } from './disks.module';

let storage: StorageFixture;
let volumes: DiskVolumeClient;
let providerId: string;
const operationId = randomUUID();
const diskIds: DiskId[] = [];

beforeAll(async () => {
  storage = await StorageFixture.start([DisksModule]);
  const added = await storage.engine.ask('POST', '/openstackvolumeproviders', providerXml({ url: lab('CINDER_URL') }));
  expect(added).toMatchObject({ status: 201 });
  providerId = added.id;
  volumes = storage.engine.get<DiskVolumeClient>(DiskVolumeClient);
}, 60_000);

afterAll(async () => {
  for (const diskId of diskIds) await woken(async (ctx) => gone(diskId, ctx));
  await storage?.close();
}, 60_000);

/** Asks again whenever it is woken, as who executes sagas does. @returns how often until it was so */
async function woken(look: (ctx: StepContext) => Promise<boolean>, atMost = 100): Promise<number> {
  for (let times = 1; times <= atMost; times += 1) {
    let wakeUp = (): void => undefined;
    const news = new Promise<void>((resolve) => (wakeUp = resolve));
    const ctx = { operationId, correlationId: operationId, ownerId: null, signal: new AbortController().signal, isFirst: false, wakeUp };
    if (await look(ctx)) return times;
    await news;
  }
  throw new Error(`It was woken ${atMost} times, and it is not so`);
}

async function gone(diskId: DiskId, ctx: StepContext): Promise<boolean> {
  const left = await volumes.find({ providerId, diskId });
  if (left.length === 0) return true;
  await volumes.ensureGone(providerId, left, ctx).catch(() => undefined);
  return false;
}

async function requested(): Promise<VolumeId> {
  const diskId = randomUUID() as DiskId;
  diskIds.push(diskId);
  return volumes.ensureRequested({ providerId, diskId, name: 'one of several', sizeGiB: 1, volumeType: null }, operationId, true);
}

describe('the wait for several volumes', () => {
  it('ends with the last, though each is told of by itself', async () => {
    const first = { providerId, volumeId: await requested() };
    await woken((ctx) => volumes.isCreated(providerId, first.volumeId, ctx));
    const second = { providerId, volumeId: await requested() };
    await expect(woken((ctx) => volumes.areCreated([first, second], ctx))).resolves.toBeLessThan(20);
  }, 60_000);

  it('is over at once when one fails', async () => {
    const made = { providerId, volumeId: await requested() };
    const lost = { providerId, volumeId: randomUUID() as VolumeId };
    await expect(woken((ctx) => volumes.areCreated([made, lost], ctx))).rejects.toThrow(/could not create the volume/i);
  }, 60_000);
});

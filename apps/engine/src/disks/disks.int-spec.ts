import { CinderClient, type Volume } from '@clinker/cinder';
import { HttpProxy } from '@clinker/testing';
import { randomUUID } from 'node:crypto';
import { CinderModule } from '../cinder/cinder.module';
import { ClustersModule } from '../clusters/clusters.module';
import { DataCentersModule } from '../data-centers/data-centers.module';
import { Event } from '../events/event.entity';
import { HostConnectionModule } from '../hosts/host-connection.module';
import { JobsModule } from '../jobs/jobs.module';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import { StorageDomainsModule } from '../storage-domains/storage-domains.module';
import { type Answer, RunningEngine } from '../testing/running-engine';
import { VolumeProvidersModule } from '../volume-providers/volume-providers.module';
import { Disk } from './disk.entity';
import { DisksModule } from './disks.module';

jest.setTimeout(60_000);

const lab = (name: string): string => process.env[name] ?? '';
const GIB = 1024 ** 3;
const NAME = `p-${randomUUID()}`;
const SILENCE = 'wait until Cinder has made the volume: Could not look at the volume in Cinder';
const CREATION = { method: 'POST', path: /\/volumes$/ };

let engine: RunningEngine;
let cinder: HttpProxy;
let client: CinderClient;

const account = (url: string) => ({
  authentication_url: lab('OS_AUTH_URL'),
  requires_authentication: 'true',
  username: lab('LAB_CINDER_USER'),
  password: lab('LAB_CINDER_PASSWORD'),
  tenant_name: lab('LAB_CINDER_PROJECT'),
  url,
});
const elements = (values: Record<string, string>): string =>
  Object.entries(values)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('');

beforeAll(async () => {
  cinder = await HttpProxy.start(new URL(lab('CINDER_URL')).origin);
  const modules = [CinderModule, HostConnectionModule, DataCentersModule, ClustersModule, VolumeProvidersModule, StorageDomainsModule];
  engine = await RunningEngine.start([...modules, DisksModule, JobsModule]);
  const provider = elements({ name: NAME, ...account(`${cinder.url}/v3`), data_center: '<name>Default</name>' });
  const added = await engine.ask('POST', '/openstackvolumeproviders', `<openstack_volume_provider>${provider}</openstack_volume_provider>`);
  expect(added).toMatchObject({ status: 201 });
  await until(async () => (await engine.db.findOneByOrFail(StorageDomain, { name: NAME })).status === 'active');
  const { authentication_url: authenticationUrl, username, password, tenant_name: projectName } = account('');
  client = new CinderClient({ authenticationUrl, username, password, projectName });
});

afterEach(async () => {
  cinder.reset();
  const disks = await engine.db.find(Disk);
  await Promise.all(disks.map(({ id }) => engine.ask('DELETE', `/disks/${id}`)));
  await until(async () => (await engine.db.count(Disk)) === 0);
});

afterAll(async () => {
  await engine?.close();
  await cinder?.close();
  await client?.close();
});

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 40_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('It has not come about');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const body = (changes: Record<string, string> = {}): string => {
  const domain = `<storage_domain><name>${NAME}</name></storage_domain>`;
  return `<disk>${elements({ name: 'web', format: 'raw', provisioned_size: '1', storage_domains: domain, ...changes })}</disk>`;
};
const add = (changes: Record<string, string> = {}): Promise<Answer> => engine.ask('POST', '/disks', body(changes));
const statusOf = async (id: string): Promise<string | undefined> => (await engine.db.findOneBy(Disk, { id: id as Disk['id'] }))?.status;
const isOk = async (id: string): Promise<boolean> => (await statusOf(id)) === 'ok';
const volumesOf = (diskId: string): Promise<Volume[]> => client.findVolumes({ metadata: { clinker_disk_id: diskId } });
const lastEvent = async (): Promise<Event> => (await engine.db.find(Event, { order: { id: 'DESC' }, take: 1 }))[0]!;

describe('a new disk', () => {
  it('is there at once and locked, and ok with a volume of whole GiB that carries its id', async () => {
    const answer = await add({ provisioned_size: String(GIB + 1), description: 'of a test' });
    expect(answer).toMatchObject({ status: 202 });
    expect(answer.text).toContain('<creation_status>in_progress</creation_status>');
    expect(answer.text).toContain('<status>locked</status>');
    expect(answer.text).toContain(`<provisioned_size>${2 * GIB}</provisioned_size>`);
    await until(() => isOk(answer.id));
    const [volume, ...others] = await volumesOf(answer.id);
    expect(others).toEqual([]);
    expect(volume).toMatchObject({ status: 'available', sizeGiB: 2, name: 'clinker-web' });
    expect((await engine.ask('GET', `/disks/${answer.id}`)).text).toContain(`<image_id>${volume!.id}</image_id>`);
    expect(await lastEvent()).toMatchObject({ code: 2021, diskId: answer.id });
  });

  it('has one volume when the answer of Cinder was lost', async () => {
    cinder.disturb({ kind: 'lose_answer' }, CREATION, 1);
    const { id } = await add();
    await until(() => isOk(id));
    expect(cinder.count(CREATION)).toBe(1);
    expect(await volumesOf(id)).toHaveLength(1);
  });

  it('waits while Cinder is silent, and its job says so, no longer than that', async () => {
    const looks = { method: 'GET', path: /\/volumes\// };
    cinder.disturb({ kind: 'answer', status: 503 }, looks);
    const { id } = await add();
    const isSaid = async () => (await engine.ask('GET', '/jobs?search=status%3Dstarted&follow=steps')).text.includes(SILENCE);
    await until(isSaid);
    cinder.reset();
    await until(() => isOk(id));
    expect(await isSaid()).toBe(false);
  });

  it('leaves nothing but an event with the reason when Cinder refuses', async () => {
    const overLimit = { overLimit: { code: 413, message: 'VolumeSizeExceedsAvailableQuota: too much' } };
    cinder.disturb({ kind: 'answer', status: 413, body: overLimit }, CREATION);
    const { id } = await add();
    await until(async () => (await statusOf(id)) === undefined);
    expect(await volumesOf(id)).toEqual([]);
    const { code, description } = await lastEvent();
    expect(code).toBe(2022);
    expect(description).toContain('VolumeSizeExceedsAvailableQuota: too much');
  });

  it('leaves nothing when the answer was lost and the volume may not be looked for at first', async () => {
    cinder.disturb({ kind: 'lose_answer' }, CREATION, 1);
    cinder.disturb({ kind: 'answer', status: 403 }, { method: 'GET', path: /\/volumes\/detail\?.*metadata/ }, 1);
    const { id } = await add();
    await until(async () => (await statusOf(id)) === undefined);
    expect(cinder.count(CREATION)).toBe(1);
    expect(await volumesOf(id)).toEqual([]);
    expect(await lastEvent()).toMatchObject({ code: 2022 });
  });

  it('removes a second volume that a lost request has made', async () => {
    cinder.disturb({ kind: 'lose_answer' }, CREATION, 1);
    cinder.disturb({ kind: 'answer', status: 200, body: { volumes: [] } }, { method: 'GET', path: /\/volumes\/detail\?.*metadata/ }, 1);
    const { id } = await add();
    await until(() => isOk(id));
    expect(cinder.count(CREATION)).toBe(2);
    await until(async () => (await volumesOf(id)).length === 1);
    const { volumeId } = await engine.db.findOneByOrFail(Disk, { id: id as Disk['id'] });
    expect((await volumesOf(id)).map((volume) => volume.id)).toEqual([volumeId]);
  });

  it('takes the id that the client gives, once', async () => {
    const id = randomUUID();
    const withId = body().replace('<disk>', `<disk id="${id}">`);
    const answers = await Promise.all([engine.ask('POST', '/disks', withId), engine.ask('POST', '/disks', withId)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 409]);
    await until(() => isOk(id));
    expect(await volumesOf(id)).toHaveLength(1);
  });

  it.each([
    ['a domain that is not there', { storage_domains: '<storage_domain><name>nowhere</name></storage_domain>' }, 404, 'nowhere'],
    ['no domain', { storage_domains: '' }, 400, 'Disk [storageDomains] required for add'],
    ['an unknown volume type', { openstack_volume_type: '<name>gold</name>' }, 409, "Cinder volume type 'gold' does not exist."],
    ['incremental backup', { backup: 'incremental' }, 400, 'is incompatible with the storage domain type.'],
    ['size 0', { provisioned_size: '0' }, 400, 'provisionedSize'],
  ])('is refused with %s', async (_what, changes, status, text) => {
    const answer = await add(changes);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(text);
    expect(await engine.db.count(Disk)).toBe(0);
  });

  it('is refused when the quota does not allow it, with what is used and allowed', async () => {
    const quota = (limit: number) => ({ limit, in_use: 5, reserved: 0 });
    const quotas = { id: 'x', volumes: quota(-1), gigabytes: quota(10) };
    cinder.disturb({ kind: 'answer', status: 200, body: { quota_set: quotas } }, { method: 'GET', path: /os-quota-sets/ });
    const answer = await add({ provisioned_size: String(20_000 * GIB) });
    expect(answer.status).toBe(413);
    expect(answer.text).toContain('5 of 10 gigabytes are used, and 20000 more are wanted.');
  });

  it('is refused when Cinder says so itself, with the same fault, and nothing is left', async () => {
    const overLimit = { overLimit: { message: 'VolumeLimitExceeded: Maximum number of volumes allowed (10) exceeded', code: 413 } };
    cinder.disturb({ kind: 'answer', status: 413, body: overLimit }, CREATION);
    const answer = await engine.ask('POST', '/disks', body(), { headers: { 'X-Ovirt-Expect': '201-created' } });
    expect(answer.status).toBe(413);
    expect(answer.text).toContain('The quota of the Cinder project is exceeded: VolumeLimitExceeded');
    expect(await engine.db.count(Disk)).toBe(0);
  });

  it('is let pass as often as the quota allows, however many ask at once', async () => {
    const quotas = { id: 'x', volumes: { limit: 8, in_use: 5, reserved: 0 } };
    cinder.disturb({ kind: 'answer', status: 200, body: { quota_set: quotas } }, { method: 'GET', path: /os-quota-sets/ });
    let answered: () => void = () => undefined;
    cinder.disturb({ kind: 'delay', until: new Promise<void>((resolve) => (answered = resolve)) }, CREATION);
    const answers = await Promise.all(Array.from({ length: 6 }, () => add()));
    answered();
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 202, 202, 413, 413, 413]);
    await Promise.all(answers.filter(({ status }) => status === 202).map(({ id }) => until(() => isOk(id))));
    expect(answers.find(({ status }) => status === 413)?.text).toContain('8 of 8 volumes are used, and 1 more are wanted.');
  });

  it('is refused in a domain that is nearly full', async () => {
    await engine.db.update(StorageDomain, { name: NAME }, { availableBytes: 9 * GIB, criticalSpaceActionBlocker: 10 });
    const answer = await add();
    await engine.db.update(StorageDomain, { name: NAME }, { availableBytes: null, criticalSpaceActionBlocker: 5 });
    expect(answer).toMatchObject({ status: 409, text: expect.stringContaining(`Low disk space on Storage Domain ${NAME}.`) as string });
    expect(await engine.db.countBy(Disk, { status: 'ok' })).toBe(0);
  });

  it('is refused in a domain that is not active', async () => {
    await engine.db.update(StorageDomain, { name: NAME }, { status: 'maintenance' });
    const answer = await add();
    await engine.db.update(StorageDomain, { name: NAME }, { status: 'active' });
    expect(answer.status).toBe(409);
    expect(answer.text).toContain("The relevant Storage Domain's status is");
  });
});

describe('a disk', () => {
  let id: string;

  beforeEach(async () => {
    id = (await add({ name: `web-${randomUUID()}` })).id;
    await until(() => isOk(id));
  });

  it('is found by name, domain and status, and below its domain', async () => {
    const { name, storageDomainId } = (await engine.db.find(Disk))[0]!;
    const search = encodeURIComponent(`name="${name}" and Storage.name="${NAME}" and status=ok`);
    expect((await engine.ask('GET', `/disks?search=${search}`)).text).toContain(id);
    expect((await engine.ask('GET', `/disks?search=${encodeURIComponent('name=other')}`)).text).not.toContain(id);
    expect((await engine.ask('GET', `/storagedomains/${storageDomainId}/disks`)).text).toContain(id);
    expect((await engine.ask('GET', `/storagedomains/${storageDomainId}/disks/${id}`)).status).toBe(200);
    expect((await engine.ask('GET', `/storagedomains/${randomUUID()}/disks`)).status).toBe(404);
  });

  it('has a new name and keeps the rest', async () => {
    const changed = await engine.ask('PUT', `/disks/${id}`, '<disk><name>db</name><description>d</description></disk>');
    expect(changed.status).toBe(200);
    expect(changed.text).toContain('<name>db</name><description>d</description>');
    expect(await lastEvent()).toMatchObject({ code: 88, diskId: id });
  });

  it('refuses the actions that Cinder disks lack, as actions', async () => {
    const names = ['sparsify', 'reduce', 'convert', 'export', 'refreshlun'];
    const answers = await Promise.all(names.map((name) => engine.ask('POST', `/disks/${id}/${name}`, '<action/>')));
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 400));
    answers.forEach(({ text }) => expect(text).toMatch(/<action>.*<fault>.*not supported.*<status>failed<\/status>/s));
  });

  it('goes with its volume, once', async () => {
    const answers = await Promise.all([engine.ask('DELETE', `/disks/${id}`), engine.ask('DELETE', `/disks/${id}`)]);
    const [first, second] = answers.map(({ status }) => status).sort();
    expect(first).toBe(200);
    expect([404, 409]).toContain(second);
    expect((await engine.ask('GET', `/disks/${id}`)).status).toBe(404);
    expect(await volumesOf(id)).toEqual([]);
  });

  it('goes when its volume is gone already', async () => {
    const [volume] = await volumesOf(id);
    await client.deleteVolume(volume!.id);
    expect((await engine.ask('DELETE', `/disks/${id}`)).status).toBe(200);
    expect(await statusOf(id)).toBeUndefined();
  });

  it('stays, ok, while its volume is not ours or in use', async () => {
    const [volume] = await volumesOf(id);
    await client.updateVolume(volume!.id, { metadata: { ...volume!.metadata, clinker_installation: 'another' } });
    const answer = await engine.ask('DELETE', `/disks/${id}`);
    expect(answer.status).toBe(409);
    expect(answer.text).toContain('left alone');
    expect(await statusOf(id)).toBe('ok');
    expect((await client.volume(volume!.id)).status).toBe('available');
    await client.updateVolume(volume!.id, { metadata: volume!.metadata });
  });

  it('is locked for everybody else while an operation has it', async () => {
    await engine.db.update(Disk, { id: id as Disk['id'] }, { status: 'locked' });
    const answers = [await engine.ask('DELETE', `/disks/${id}`), await engine.ask('PUT', `/disks/${id}`, '<disk><name>x</name></disk>')];
    await engine.db.update(Disk, { id: id as Disk['id'] }, { status: 'ok' });
    expect(answers.map(({ status }) => status)).toEqual([409, 409]);
    answers.forEach(({ text }) => expect(text).toContain('Disk is locked'));
  });
});

import { randomUUID } from 'node:crypto';
import { Disk } from '../disks/disk.entity';
import { Event } from '../events/event.entity';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import { StorageFixture, lab, providerXml as xml } from '../storage-domains/testing/storage.fixture';
import type { RunningEngine } from '../testing/running-engine';
import { AuthenticationKey } from './authentication-key.entity';
import { HostSecretsService } from './host-secrets.service';
import { VolumeProvider } from './volume-provider.entity';

const providers = '/openstackvolumeproviders';
const KEY_VALUE = Buffer.from('a cephx key that nobody may see').toString('base64');

let storage: StorageFixture;
let engine: RunningEngine;

beforeAll(async () => {
  storage = await StorageFixture.start();
  ({ engine } = storage);
});

afterAll(() => storage?.close());

const domainOf = (providerId: string) => storage.domainOf(providerId);

async function withProvider(work: (id: string, name: string) => Promise<void>): Promise<void> {
  const name = `p-${randomUUID()}`;
  const { status, id } = await engine.ask('POST', providers, xml({ name }));
  expect(status).toBe(201);
  try {
    await work(id, name);
  } finally {
    expect((await engine.ask('DELETE', `${providers}/${id}?force=true`)).status).toBe(200);
  }
}

describe('adding a provider', () => {
  afterEach(() => storage.calm());

  it.each([
    ['no name', { name: undefined }, 400, 'OpenstackVolumeProvider [name] required for add'],
    ['a name with a space', { name: 'a b' }, 400, 'can only include letters'],
    ['a name that is too long', { name: 'n'.repeat(51) }, 400, 'at most 50'],
    ['no account', { username: undefined, password: undefined }, 400, 'OpenstackVolumeProvider [username, password] required for add'],
    ['an address that is none', { authentication_url: 'not an address' }, 400, 'must be an http or https address'],
    ['an address with a password', { url: 'http://u:p@127.0.0.1:1' }, 400, 'without user, password'],
    ['no authentication', { requires_authentication: 'false' }, 400, 'without authentication is not supported'],
    ['an unknown data center', { data_center: '<name>none</name>' }, 404, 'none'],
    ['a Keystone that is away', { authentication_url: 'http://127.0.0.1:9/v3' }, 409, 'cannot be reached'],
    ['a Keystone that is none', { authentication_url: lab('CINDER_URL').replace(/\/v3$/, '') }, 400, 'is not a Keystone'],
    ['a wrong password', { password: 'sesame-open' }, 400, 'Failed to authenticate'],
    ['a wrong project', { tenant_name: 'nobodys' }, 400, 'nobodys does not exist'],
    ['no service role', { username: lab('LAB_NOSERVICE_USER'), password: lab('LAB_NOSERVICE_PASSWORD') }, 400, 'needs the role service'],
    ['a Cinder that is away', { url: 'http://127.0.0.1:9' }, 409, 'cannot be reached'],
    ['a Cinder that is none', { url: lab('OS_AUTH_URL').replace(/\/v3$/, '') }, 400, 'is not a Cinder'],
    ['Cinder v2', { url: `${lab('CINDER_URL').replace(/\/v3$/, '')}/v2` }, 400, 'v3 is needed'],
  ])('is refused with %s, and nothing is stored', async (_what, changes, status, text) => {
    const answer = await engine.ask('POST', providers, xml(changes));
    expect(answer).toMatchObject({ status, text: expect.stringContaining(text) as string });
    expect(answer.text).not.toContain('sesame-open');
    expect(await engine.db.count(VolumeProvider)).toBe(0);
    expect(await engine.db.count(StorageDomain)).toBe(0);
  });

  it('is a 500 only when Keystone itself fails', async () => {
    storage.keystone.disturb({ kind: 'answer', status: 500, body: 'down' }, { method: 'POST' });
    const answer = await engine.ask('POST', providers, xml({ authentication_url: `${storage.keystone.url}/v3` }));
    expect(answer.status).toBe(500);
    expect(answer.text).toContain('Failed to communicate with the external provider');
  });

  it('makes a domain of the same name, and shows no password anywhere', async () => {
    await withProvider(async (id, name) => {
      expect(await domainOf(id)).toMatchObject({ name, status: 'unattached', type: 'volume', storageType: 'cinder' });
      const shown = await engine.ask('GET', `${providers}/${id}`);
      expect(shown.text).toContain(`<username>${lab('LAB_CINDER_USER')}</username>`);
      const stored = await engine.db.findOneByOrFail(VolumeProvider, { id });
      const everything = [shown.text, JSON.stringify(stored), JSON.stringify(await engine.db.find(Event))].join();
      expect(everything).not.toContain(lab('LAB_CINDER_PASSWORD'));
      expect((await engine.ask('POST', `${providers}/${id}/testconnectivity`, '<action/>')).text).toContain('<status>complete</status>');
    });
  });

  it('twice at once gives one provider and one conflict', async () => {
    const answers = await Promise.all([1, 2].map(() => engine.ask('POST', providers, xml())));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect(answers.find(({ status }) => status === 409)?.text).toContain('already an existing Cinder provider');
    const winner = answers.find(({ status }) => status === 201);
    const named = await engine.ask('POST', providers, xml({ name: /<name>(p-[^<]+)/.exec(winner?.text ?? '')?.[1] }));
    expect(named).toMatchObject({ status: 409, text: expect.stringContaining('The Provider name is already in use') as string });
    await engine.ask('DELETE', `${providers}/${winner?.id ?? ''}`);
    expect(await engine.db.count(StorageDomain)).toBe(0);
  });

  it('with a data center attaches and activates the domain', async () => {
    const added = await engine.ask('POST', providers, xml({ data_center: '<name>Default</name><status>up</status>' }));
    expect(added.status).toBe(201);
    expect(await domainOf(added.id)).toMatchObject({ status: 'active' });
    expect(added.text).toMatch(/<data_center href="[^"]+" id="[^"]+"\/>/);
    expect((await engine.ask('DELETE', `${providers}/${added.id}`)).text).toContain(
      "Cannot remove Provider. The relevant Storage Domain's status is Active.",
    );
    expect((await engine.ask('DELETE', `${providers}/${added.id}?force`)).status).toBe(200);
  });
});

describe('a provider', () => {
  it('keeps its account if a change of it does not work, and takes its domain along when it is renamed', async () => {
    await withProvider(async (id) => {
      const before = await engine.db.findOneByOrFail(VolumeProvider, { id });
      const refused = await engine.ask(
        'PUT',
        `${providers}/${id}`,
        '<openstack_volume_provider><password>other</password></openstack_volume_provider>',
      );
      expect(refused.status).toBe(400);
      expect(await engine.db.findOneByOrFail(VolumeProvider, { id })).toEqual(before);
      const name = `p-${randomUUID()}`;
      const renamed = await engine.ask('PUT', `${providers}/${id}`, xml({ name, password: undefined }));
      expect(renamed.status).toBe(200);
      expect(await domainOf(id)).toMatchObject({ name });
      expect(await engine.db.findOneByOrFail(VolumeProvider, { id })).toMatchObject({
        name,
        version: before.version + 1,
        passwordSealed: before.passwordSealed,
      });
    });
  });

  it('stays while it has disks; force forgets them', async () => {
    const { id } = await engine.ask('POST', providers, xml());
    const { id: storageDomainId } = await domainOf(id);
    const disk = { id: randomUUID() as Disk['id'], name: 'd', storageDomainId, provisionedSize: 2 ** 30, status: 'locked' as const };
    await engine.db.insert(Disk, disk);
    expect((await engine.ask('DELETE', `${providers}/${id}`)).text).toContain('Cannot detach a non empty Cinder provider.');
    expect((await engine.ask('DELETE', `${providers}/${id}?force=true`)).text).toContain('running tasks');
    await engine.db.update(Disk, { id: disk.id }, { status: 'ok' });
    expect((await engine.ask('DELETE', `${providers}/${id}?force=true`)).status).toBe(200);
    expect(await engine.db.count(Disk)).toBe(0);
    expect((await engine.ask('GET', `${providers}/${id}`)).status).toBe(404);
  });

  it('shows the volume types of its Cinder', async () => {
    await withProvider(async (id) => {
      const types = await engine.ask('GET', `${providers}/${id}/volumetypes`);
      expect(types.text).toContain('<name>ceph</name>');
      expect(types.text).toMatch(/<name>clinker:available<\/name><value>\d+<\/value>/);
      expect((await engine.ask('GET', `${providers}/${id}/volumetypes/${types.id}`)).text).toContain(`id="${types.id}"`);
      expect((await engine.ask('GET', `${providers}/${id}/volumetypes/${randomUUID()}`)).status).toBe(404);
    });
  });
});

describe('authentication keys', () => {
  const key = (parts: string): string => `<openstack_volume_authentication_key>${parts}</openstack_volume_authentication_key>`;
  const whole = (uuid: string, value = KEY_VALUE): string =>
    key(`<uuid>${uuid}</uuid><usage_type>ceph</usage_type><value>${value}</value>`);

  let provider: string;

  beforeAll(async () => {
    provider = `${providers}/${(await engine.ask('POST', providers, xml())).id}`;
  });

  afterAll(async () => {
    await engine.ask('DELETE', provider);
  });

  it.each([
    ['an empty uuid', whole(''), 400, 'Authentication Key UUID cannot be empty.'],
    ['no uuid', key('<usage_type>ceph</usage_type><value>QVFB</value>'), 400, 'OpenstackVolumeAuthenticationKey [uuid] required for add'],
    ['an empty value', whole(randomUUID(), ''), 400, 'Authentication Key value cannot be empty.'],
    ['a value that is not base64', whole(randomUUID(), 'abc'), 400, 'Authentication Key value should be encoded in Base64.'],
    [
      'another usage',
      key(`<uuid>${randomUUID()}</uuid><usage_type>iscsi</usage_type><value>QVFB</value>`),
      400,
      'iscsi is not a member of',
    ],
  ])('are refused with %s', async (_what, body, status, text) => {
    const answer = await engine.ask('POST', `${provider}/authenticationkeys`, body);
    expect(answer).toMatchObject({ status, text: expect.stringContaining(text) as string });
  });

  it('never give their value back, are found by their uuid, and change the version of what hosts shall have', async () => {
    const secrets = engine.get(HostSecretsService);
    const before = await secrets.version();
    const uuid = randomUUID();
    const path = `${provider}/authenticationkeys`;
    const added = await engine.ask('POST', path, whole(uuid.toUpperCase()));
    expect(added).toMatchObject({ status: 201, id: uuid });
    expect(added.text).toContain(`href="/ovirt-engine/api${path}/${uuid}"`);
    expect((await engine.ask('POST', path, whole(uuid))).text).toContain('Authentication Key UUID already exists.');
    expect((await engine.ask('PUT', `${path}/${uuid}`, whole(randomUUID()))).status).toBe(400);
    expect((await engine.ask('PUT', `${path}/${uuid}`, key('<description>new</description>'))).text).toContain(
      '<description>new</description>',
    );
    const stored = JSON.stringify([await engine.db.find(Event), await engine.db.find(AuthenticationKey)]);
    expect([added.text, (await engine.ask('GET', path)).text, stored].join()).not.toContain(KEY_VALUE);
    expect((await engine.ask('DELETE', `${path}/${uuid}`)).status).toBe(200);
    expect((await engine.ask('GET', `${path}/${uuid}`)).status).toBe(404);
    expect(await secrets.version()).toBe(before + 3);
  });
});

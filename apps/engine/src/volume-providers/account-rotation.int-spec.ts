import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { request } from 'undici';
import { Disk } from '../disks/disk.entity';
import { DisksModule } from '../disks/disks.module';
import { StorageFixture, lab, providerXml } from '../storage-domains/testing/storage.fixture';

jest.setTimeout(90_000);

const CREATION = { method: 'POST', path: /\/volumes$/ };
const VOLUMES = { method: 'GET', path: /\/volumes/ };
const [OLD, NEW] = ['first-password', 'second-password'];

/** The lab's administrator of Keystone. */
class Keystone {
  private token = '';

  async call<T>(method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T> {
    const headers = { 'content-type': 'application/json', 'x-auth-token': this.token };
    const answer = await request(`${lab('OS_AUTH_URL')}${path}`, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
    });
    this.token ||= String(answer.headers['x-subject-token'] ?? '');
    const text = await answer.body.text();
    if (answer.statusCode >= 400) throw new Error(`${method} ${path}: ${answer.statusCode} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  async logIn(): Promise<void> {
    const domain = { name: 'Default' };
    const user = { name: lab('OS_USERNAME'), password: lab('OS_PASSWORD'), domain };
    const auth = { identity: { methods: ['password'], password: { user } }, scope: { project: { name: lab('OS_PROJECT_NAME'), domain } } };
    await this.call('POST', '/auth/tokens', { auth });
  }

  /** A user who may do with the lab's project what the lab's own user may. */
  async addUser(name: string, password: string): Promise<string> {
    const { projects } = await this.call<{ projects: { id: string }[] }>('GET', `/projects?name=${lab('LAB_CINDER_PROJECT')}`);
    const { roles } = await this.call<{ roles: { id: string; name: string }[] }>('GET', '/roles');
    const { user } = await this.call<{ user: { id: string } }>('POST', '/users', { user: { name, password, domain_id: 'default' } });
    for (const { id, name: role } of roles.filter((one) => ['member', 'admin', 'service'].includes(one.name))) {
      await this.call('PUT', `/projects/${projects[0]?.id ?? role}/users/${user.id}/roles/${id}`);
    }
    return user.id;
  }
}

const keystone = new Keystone();
let storage: StorageFixture;
let userId: string;
let providerId: string;

beforeAll(async () => {
  await keystone.logIn();
  const username = `rotated-${randomUUID()}`;
  userId = await keystone.addUser(username, OLD);
  storage = await StorageFixture.start([DisksModule]);
  const account = { username, password: OLD, url: storage.cinder.url, data_center: '<name>Default</name>' };
  const added = await storage.engine.ask('POST', '/openstackvolumeproviders', providerXml({ name: 'rotated', ...account }));
  expect(added).toMatchObject({ status: 201 });
  providerId = added.id;
});

afterAll(async () => {
  await storage?.close();
  await keystone.call('DELETE', `/users/${userId}`);
});

const setPassword = (password: string) =>
  storage.engine.ask(
    'PUT',
    `/openstackvolumeproviders/${providerId}`,
    `<openstack_volume_provider><password>${password}</password></openstack_volume_provider>`,
  );

const statusOf = async (id: string): Promise<string | undefined> =>
  (await storage.engine.db.findOneBy(Disk, { id: id as Disk['id'] }))?.status;

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 40_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('It has not come about');
    await pause(50);
  }
}

describe('an account whose password changes', () => {
  it('fails nothing that runs: it waits for the new password, which is tried before it is stored', async () => {
    let answered: () => void = () => undefined;
    storage.cinder.disturb({ kind: 'delay', until: new Promise<void>((resolve) => (answered = resolve)) }, CREATION);
    const body = `<disk><name>d</name><format>raw</format><provisioned_size>1</provisioned_size>
      <storage_domains><storage_domain><name>rotated</name></storage_domain></storage_domains></disk>`;
    const disk = await storage.engine.ask('POST', '/disks', body);
    expect(disk.status).toBe(202);

    expect(await setPassword(NEW)).toMatchObject({ status: 400, text: expect.stringContaining('Failed to authenticate') as string });
    await keystone.call('PATCH', `/users/${userId}`, { user: { password: NEW } });
    // Cinder may go on taking the old token for some minutes; here it does not.
    storage.cinder.disturb({ kind: 'answer', status: 401 }, VOLUMES);
    answered();
    await until(async () => storage.cinder.count(VOLUMES) > 0 && (await statusOf(disk.id)) === 'locked');

    // Keystone takes tokens of the second of the change for revoked ones.
    await until(async () => (await setPassword(NEW)).status === 200);
    storage.calm();
    await until(async () => (await statusOf(disk.id)) !== 'locked');
    expect(await statusOf(disk.id)).toBe('ok');
    expect((await storage.engine.ask('DELETE', `/disks/${disk.id}`)).status).toBe(200);
  });
});

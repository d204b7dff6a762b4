import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpProxy } from '@clinker/testing';
import type { CinderAccount } from './cinder.account';
import type { CinderErrorKind } from './cinder.error';
import { CinderReader } from './cinder.reader';
import type { ConnectionReport } from './connection.check';
import { accountWithoutServiceRole, cinderOrigin, keystoneOrigin, labAccount } from './testing/lab.cinder';

async function check(account: CinderAccount): Promise<ConnectionReport> {
  const reader = new CinderReader(account, { connectTimeoutMs: 2000, readTimeoutMs: 5000 });
  try {
    return await reader.checkConnection();
  } finally {
    await reader.close();
  }
}

const expectKind = (account: CinderAccount, kind: CinderErrorKind): Promise<void> =>
  expect(check(account)).rejects.toMatchObject({ name: 'CinderError', kind });

/** An address where nobody listens. */
async function deadAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

describe('the test of an account', () => {
  it('tells what it found when all is well, and proves the service token', async () => {
    const report = await check(labAccount());
    expect(report.roles).toContain('service');
    expect(report.serviceToken).toBe('proven');
    expect(report.version.used).toBe('3.70');
    expect(report.cinderUrl).toBe(`${cinderOrigin()}/v3/${report.projectId}`);
  });

  it.each(['', '/v3', '/v3/', '/v3/%(project_id)s'])('works with Cinder at an address ending in "%s"', async (end) => {
    await expect(check(labAccount({ url: `${cinderOrigin()}${end}` }))).resolves.toMatchObject({ serviceToken: 'proven' });
  });

  it('says unreachable when nobody listens at the address of Keystone', async () => {
    await expectKind(labAccount({ authenticationUrl: `${await deadAddress()}/v3` }), 'unreachable');
  });

  it('says unreachable when nobody listens at the address of Cinder', async () => {
    await expectKind(labAccount({ url: await deadAddress() }), 'unreachable');
  });

  it('says not_keystone of another server, without sending it the password', async () => {
    const proxy = await HttpProxy.start(cinderOrigin());
    await expectKind(labAccount({ authenticationUrl: `${proxy.url}/v3` }), 'not_keystone');
    expect(proxy.count({ method: 'POST' })).toBe(0);
    await proxy.close();
  });

  it('says unauthorized of a wrong password and of a wrong user', async () => {
    await expectKind(labAccount({ password: 'wrong' }), 'unauthorized');
    await expectKind(labAccount({ username: 'nobody-of-that-name' }), 'unauthorized');
  });

  it('says project_not_found when only the project is wrong', async () => {
    await expectKind(labAccount({ projectName: 'no-such-project' }), 'project_not_found');
  });

  it('says no_volume_endpoint when the catalogue has none in the region', async () => {
    await expectKind(labAccount({ region: 'nowhere' }), 'no_volume_endpoint');
  });

  it('says not_cinder of another server', () => expectKind(labAccount({ url: keystoneOrigin() }), 'not_cinder'));

  it('says version_too_old of the address of an old API', () => expectKind(labAccount({ url: `${cinderOrigin()}/v2` }), 'version_too_old'));

  it('says no_service_role of an account without that role', () => expectKind(accountWithoutServiceRole(), 'no_service_role'));
});

describe('the test of an account, with a Cinder that this lab does not have', () => {
  let proxy: HttpProxy;
  beforeAll(async () => (proxy = await HttpProxy.start(cinderOrigin())));
  afterEach(() => proxy.reset());
  afterAll(() => proxy.close());

  it('says version_too_old of an old one', async () => {
    const versions = [{ id: 'v3.0', status: 'CURRENT', version: '3.27', min_version: '3.0' }];
    proxy.disturb({ kind: 'answer', status: 200, body: { versions } }, { path: /\/v3\/$/ });
    await expectKind(labAccount({ url: proxy.url }), 'version_too_old');
  });

  it('says not_cinder of answers that cannot be read; for one who works that is only a bad moment', async () => {
    proxy.disturb({ kind: 'answer', status: 200, headers: { 'content-type': 'text/html' }, body: '<html>It works!</html>' });
    await expectKind(labAccount({ url: proxy.url }), 'not_cinder');
    const reader = new CinderReader(labAccount({ url: proxy.url }));
    await expect(reader.findVolumeIds({})).rejects.toMatchObject({ kind: 'malformed', retryable: true });
    proxy.reset();
    await expect(reader.findVolumeIds({})).resolves.toBeInstanceOf(Array);
    await reader.close();
  });

  it('says no_service_role when it counts another role', async () => {
    proxy.disturb({ kind: 'answer', status: 401, body: { error: { code: 401, message: 'no' } } }, { header: 'x-service-token' });
    await expectKind(labAccount({ url: proxy.url }), 'no_service_role');
  });

  it('knows the role only by its name when any token is taken for a service token', async () => {
    proxy.disturb({ kind: 'answer', status: 200, body: { limits: {} } }, { header: 'x-service-token' });
    await expect(check(labAccount({ url: proxy.url }))).resolves.toMatchObject({ serviceToken: 'by_role' });
  });

  it('says forbidden when the account may not look', async () => {
    proxy.disturb(
      { kind: 'answer', status: 403, body: { forbidden: { code: 403, message: 'Policy does not allow' } } },
      { path: /limits/ },
    );
    await expectKind(labAccount({ url: proxy.url }), 'forbidden');
  });

  it('says timeout of one that never answers', async () => {
    proxy.disturb({ kind: 'silence' });
    await expectKind(labAccount({ url: proxy.url }), 'timeout');
  });

  it('asks even after failures that have opened the breaker for all others', async () => {
    const reader = new CinderReader(labAccount({ url: proxy.url }), { retries: 0, breakAfter: 2, restMs: 3600_000 });
    await reader.limits();
    proxy.disturb({ kind: 'drop' }, {}, 2);
    for (let attempt = 0; attempt < 2; attempt += 1) await expect(reader.limits()).rejects.toMatchObject({ kind: 'unreachable' });
    await expect(reader.limits()).rejects.toThrow(/left alone/);
    await expect(reader.checkConnection()).resolves.toMatchObject({ serviceToken: 'proven' });
    await reader.close();
  });
});

describe('the test of an account over TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clinker-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  let proxy: HttpProxy;

  beforeAll(async () => {
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key];
    execFileSync('openssl', ['req', '-x509', ...newKey, '-out', cert, '-days', '2', ...subject], { stdio: 'ignore' });
    proxy = await HttpProxy.start(keystoneOrigin(), { tls: { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') } });
  });
  afterAll(async () => {
    await proxy.close();
    rmSync(folder, { recursive: true });
  });

  const account = (changes: Partial<CinderAccount> = {}): CinderAccount => {
    const path = new URL(labAccount().authenticationUrl).pathname;
    return labAccount({ authenticationUrl: `${proxy.url}${path}`, ...changes });
  };

  it('says tls of a certificate that nobody vouches for', () => expectKind(account(), 'tls'));

  it('says tls when there is no TLS at all', async () => {
    const plain = await HttpProxy.start(keystoneOrigin());
    await expectKind(labAccount({ authenticationUrl: `${plain.url.replace('http:', 'https:')}/v3` }), 'tls');
    await plain.close();
  });

  it('works with the authority given', async () => {
    await expect(check(account({ caCertificate: readFileSync(cert, 'utf8') }))).resolves.toMatchObject({ serviceToken: 'proven' });
  });
});

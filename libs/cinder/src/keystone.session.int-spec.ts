import { inspect } from 'node:util';
import { HttpProxy } from '@clinker/testing';
import { KeystoneSession } from './keystone.session';
import { keystoneOrigin, labAccount } from './testing/lab.cinder';

describe('a session with Keystone', () => {
  let proxy: HttpProxy;
  let session: KeystoneSession;
  const logins = (): number => proxy.count({ method: 'POST', path: /auth\/tokens/ });

  beforeAll(async () => (proxy = await HttpProxy.start(keystoneOrigin())));
  beforeEach(() => {
    proxy.reset();
    const path = new URL(labAccount().authenticationUrl).pathname;
    session = new KeystoneSession(labAccount({ authenticationUrl: `${proxy.url}${path}` }), { readTimeoutMs: 5000 });
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await session.close();
  });
  afterAll(() => proxy.close());

  it('logs in once however many ask at once', async () => {
    const tokens = await Promise.all(Array.from({ length: 10 }, () => session.token()));
    expect(new Set(tokens).size).toBe(1);
    expect(await session.roles()).toContain('service');
    expect(await session.projectId()).toMatch(/^[0-9a-f]{32}$/);
    expect(await session.endpoint('volumev3', 'block-storage')).toMatch(/^http/);
    expect(logins()).toBe(1);
  });

  it('logs in anew shortly before the token ends, and then again once', async () => {
    const first = await session.token();
    const later = Date.now() + 24 * 3600_000;
    jest.spyOn(Date, 'now').mockReturnValue(later);
    const seconds = await Promise.all([session.token(), session.token(), session.token()]);
    expect(new Set(seconds).size).toBe(1);
    expect(seconds[0]).not.toBe(first);
    expect(logins()).toBe(2);
  });

  it('forgets a discarded token, but not a newer one', async () => {
    const first = await session.token();
    await session.discard(first);
    const second = await session.token();
    await session.discard(first);
    expect(await session.token()).toBe(second);
    expect(logins()).toBe(2);
  });

  it('does not remember a failure', async () => {
    proxy.disturb({ kind: 'answer', status: 403, body: { error: { message: 'not now' } } }, {}, 1);
    await expect(session.token()).rejects.toMatchObject({ kind: 'forbidden', message: 'not now' });
    await expect(session.token()).resolves.toEqual(expect.any(String));
  });

  it('gets over a Keystone that fails three times', async () => {
    proxy.disturb({ kind: 'answer', status: 503 }, {}, 3);
    await expect(session.token()).resolves.toEqual(expect.any(String));
    expect(logins()).toBe(4);
  });

  it('shows neither password nor token, whole or in an error', async () => {
    const { password } = labAccount();
    const token = await session.token();
    const echo = JSON.stringify({ error: { message: `I got ${password}` } });
    proxy.disturb({ kind: 'answer', status: 400, body: echo }, { method: 'POST' }, 1);
    await session.discard(token);
    const failure: unknown = await session.token().catch((error: unknown) => error);
    const shown = inspect([session, failure], { depth: null, showHidden: true });
    expect(shown).toContain('I got ***');
    expect(shown).not.toContain(password);
    expect(shown).not.toContain(token);
  });
});

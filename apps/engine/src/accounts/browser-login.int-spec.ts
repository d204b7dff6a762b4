import { freePort } from '@clinker/testing';
import { createHash, randomBytes } from 'node:crypto';
import { RunningEngine } from '../testing/running-engine';
import { Account } from './account.entity';
import { OpenIdProvider } from './testing/openid.provider';
import { eventTexts } from './testing/password.grant';
import { ScriptedBrowser } from './testing/scripted.browser';

let provider: OpenIdProvider;
let engine: RunningEngine;
let browser: ScriptedBrowser;
let origin: string;

beforeAll(async () => {
  const port = await freePort();
  origin = `https://127.0.0.1:${port}`;
  provider = await OpenIdProvider.start([`${origin}/ovirt-engine/sso/oauth/callback`]);
  engine = await RunningEngine.start([], { ...provider.settings, CLINKER_HTTP_ADDRESS: `127.0.0.1:${port}` });
  await provider.setUsers({ jane: { sub: 'jane', password: 'right-1', groups: ['staff'] } });
});

beforeEach(() => (browser = new ScriptedBrowser()));

afterEach(async () => {
  provider.way.reset();
  await browser.close();
});

afterAll(async () => {
  await engine?.close();
  await provider?.close();
});

const containing = (text: string) => expect.stringContaining(text) as string;
const PROGRAM = 'http://127.0.0.1:40123/done';
const sha256 = (text: string) => createHash('sha256').update(text).digest('base64url');

/** What a program says when it sends a browser. */
const asking = (verifier: string, more: Record<string, string> = {}) =>
  `${origin}/ovirt-engine/sso/oauth/authorize?${new URLSearchParams({
    client_id: 'program',
    response_type: 'code',
    redirect_uri: PROGRAM,
    scope: 'ovirt-app-api',
    state: 'of-the-program',
    code_challenge: sha256(verifier),
    code_challenge_method: 'S256',
    ...more,
  }).toString()}`;

/** The program's address with which the browser ends, after jane has logged in at the provider. */
async function comeBack(address: string): Promise<URL> {
  const page = await browser.open(address, PROGRAM);
  const consent = await browser.submit(page, { prompt: 'login', login: 'jane', password: 'right-1' }, PROGRAM);
  return new URL((await browser.submit(consent, { prompt: 'consent' }, PROGRAM)).address);
}

const fetchToken = async (code: string, verifier: string, redirectUri = PROGRAM) => {
  const fields = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: redirectUri };
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
  const body = new URLSearchParams(fields).toString();
  const { status, text } = await engine.send('/ovirt-engine/sso/oauth/token', { method: 'POST', headers, body });
  return { status, body: JSON.parse(text) as Record<string, string> };
};

const newVerifier = () => randomBytes(32).toString('base64url');

describe('log-in by a browser at the provider', () => {
  it('ends at the program with a code, for which it gets one of our tokens, once', async () => {
    const verifier = newVerifier();
    const back = await comeBack(asking(verifier));
    expect(`${back.origin}${back.pathname}`).toBe(PROGRAM);
    expect(back.searchParams.get('state')).toBe('of-the-program');
    const code = back.searchParams.get('code') ?? '';
    const { status, body } = await fetchToken(code, verifier);
    expect({ status, body }).toMatchObject({ status: 200, body: { scope: 'ovirt-app-api', token_type: 'bearer' } });
    const info = await engine.send(`/ovirt-engine/sso/oauth/token-info?token=${body['access_token']}`);
    expect(JSON.parse(info.text)).toMatchObject({ user_id: 'jane@corp' });
    expect(await engine.db.findBy(Account, { domain: 'corp' })).toMatchObject([{ userName: 'jane', externalId: 'jane' }]);
    expect((await eventTexts(engine, 30)).at(-1)).toMatch(/^User jane@corp connecting from '.+' logged in\.$/);
    expect(await fetchToken(code, verifier)).toMatchObject({ status: 400, body: { error_code: 'invalid_grant' } });
  });

  it.each([
    ['another secret', (code: string) => fetchToken(code, newVerifier())],
    ['another address', (code: string, verifier: string) => fetchToken(code, verifier, `${PROGRAM}2`)],
  ])('gives no token for a code with %s, nor afterwards', async (_what, attempt) => {
    const verifier = newVerifier();
    const code = (await comeBack(asking(verifier))).searchParams.get('code') ?? '';
    for (const answer of [await attempt(code, verifier), await fetchToken(code, verifier)])
      expect(answer).toMatchObject({ status: 400, body: { error_code: 'invalid_grant' } });
  });

  it('gives no token for a code that is too old', async () => {
    const verifier = newVerifier();
    const code = (await comeBack(asking(verifier))).searchParams.get('code') ?? '';
    await engine.db.query("UPDATE log_in_code SET expires_at = now() - interval '1 second'");
    expect(await fetchToken(code, verifier)).toMatchObject({ status: 400, body: { error_code: 'invalid_grant' } });
  });

  it.each([
    ['redirect_uri', 'https://example.com/'],
    ['redirect_uri', 'http://127.0.0.1.example.com/'],
    ['redirect_uri', 'http://127.0.0.1@example.com/'],
    ['redirect_uri', 'http://localhost:40123/'],
    ['redirect_uri', 'javascript:alert(1)'],
    ['redirect_uri', ''],
    ['response_type', 'token'],
    ['code_challenge_method', 'plain'],
    ['code_challenge', 'short'],
    ['state', 'x'.repeat(501)],
  ])('begins with no %s %s', async (name, value) => {
    const { status, text, headers } = await engine.send(asking(newVerifier(), { [name]: value }).slice(origin.length));
    expect({ status, text }).toEqual({ status: 400, text: containing(`'${name}'`) });
    expect(headers['location']).toBeUndefined();
  });

  it('belongs to the browser that began it, and to one way back', async () => {
    const begun = await engine.send(asking(newVerifier()).slice(origin.length));
    expect(begun.headers['set-cookie']).toMatch(
      /^CLINKER_LOGIN=[\w-]+; Max-Age=600; Path=\/ovirt-engine\/sso\/oauth; Secure; HttpOnly; SameSite=Lax$/,
    );
    const cookie = String(begun.headers['set-cookie']).split(';', 1)[0] ?? '';
    const callback = '/ovirt-engine/sso/oauth/callback?code=of-another&state=of-another';
    expect(await engine.send(callback)).toMatchObject({ status: 400, text: containing('This browser has begun no log-in') });
    const answer = await engine.send(callback, { headers: { cookie, host: new URL(origin).host } });
    expect(answer.headers['set-cookie']).toContain('CLINKER_LOGIN=; Max-Age=0');
    expect(answer).toMatchObject({ status: 400, text: containing('This is not the way back') });
  });

  it('tells the program that the provider refuses, or cannot be asked', async () => {
    const page = await browser.open(asking(newVerifier()), PROGRAM);
    const { address } = await browser.open(`${page.address}/abort`, PROGRAM);
    expect(new URL(address).searchParams.get('error')).toBe('access_denied');
    provider.way.disturb({ kind: 'drop' }, { path: /token/ });
    expect((await comeBack(asking(newVerifier()))).searchParams.get('error')).toBe('temporarily_unavailable');
    expect((await eventTexts(engine, 90_017)).at(-1)).toContain('it cannot be reached');
    provider.way.disturb({ kind: 'drop' });
    expect(await engine.send(asking(newVerifier()).slice(origin.length))).toMatchObject({ status: 400, text: containing('server_error') });
  });

  it('tells operators nothing of what anybody could write into the way back', async () => {
    const before = (await eventTexts(engine, 90_017)).length;
    for (const word of ['one', 'two', 'three']) {
      const begun = await engine.send(asking(newVerifier()).slice(origin.length));
      const cookie = String(begun.headers['set-cookie']).split(';', 1)[0] ?? '';
      const state = new URL(String(begun.headers['location'])).searchParams.get('state') ?? '';
      const back = `/ovirt-engine/sso/oauth/callback?${new URLSearchParams({ state, error: word, iss: provider.way.url }).toString()}`;
      const { headers } = await engine.send(back, { headers: { cookie, host: new URL(origin).host } });
      expect(headers['location']).toContain('error=temporarily_unavailable');
    }
    const after = await eventTexts(engine, 90_017);
    expect(after.slice(before)).toEqual([containing('it sent the browser back with an error')]);
  });

  it('needs a provider', async () => {
    const other = await RunningEngine.start([]);
    const answer = await other.send(asking(newVerifier()).slice(origin.length));
    expect(answer).toMatchObject({ status: 400, text: containing('There is no OpenID provider to log in with.') });
    await other.close();
  });
});

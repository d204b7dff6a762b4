import { RunningEngine } from '../testing/running-engine';
import { CLIENT_SECRET, OpenIdProvider } from './testing/openid.provider';
import { eventTexts, logInAt } from './testing/password.grant';

let provider: OpenIdProvider;
let engine: RunningEngine;

/** The code of events about log-ins that the provider did not decide. */
const FAILED = 90_017;

beforeAll(async () => {
  provider = await OpenIdProvider.start();
  engine = await RunningEngine.start([], provider.settings);
});

afterAll(async () => {
  await engine?.close();
  await provider?.close();
});

afterEach(() => provider.way.reset());

const containing = (text: string) => expect.stringContaining(text) as string;
const logIn = (login: string, password: string) => logInAt(engine, login, password);
const troubles = () => eventTexts(engine, FAILED);

describe('a provider in trouble', () => {
  const withoutTrouble = async (): Promise<void> => {
    provider.way.reset();
    expect((await logIn('zoe@corp', 'right-zoe')).status).toBe(200);
  };

  /** The log-in is refused in time, says so, and tells operators why. */
  async function expectRefusal(reason: string): Promise<void> {
    const start = performance.now();
    const { status, body, text } = await logIn('zoe@corp', 'right-zoe');
    expect(performance.now() - start).toBeLessThan(4_000);
    const error = "Cannot authenticate user 'zoe@corp': The OpenID provider cannot be asked now. Try again later.";
    expect({ status, body }).toEqual({ status: 400, body: { error_code: 'server_error', error } });
    const told = await troubles();
    expect(told).toContainEqual(containing(reason));
    for (const secret of ['right-zoe', CLIENT_SECRET]) expect(`${told.join()}${text}`).not.toContain(secret);
  }

  beforeAll(() => provider.setUsers({ zoe: { password: 'right-zoe' } }));

  it.each([
    ['is away', { kind: 'drop' }, 'it cannot be reached (UND_ERR_SOCKET)'],
    ['is slow', { kind: 'silence' }, 'it did not answer within 2 s'],
    ['is broken', { kind: 'answer', status: 500, body: 'right-zoe' }, 'its answer has another HTTP status than it should'],
    ['talks', { kind: 'answer', status: 200, body: `<html>${CLIENT_SECRET}</html>` }, 'its answer cannot be used ('],
    [
      'shows a page',
      { kind: 'answer', status: 200, headers: { 'content-type': 'text/html' }, body: `<html>${CLIENT_SECRET}</html>` },
      'its answer is no JSON',
    ],
    ['says nothing of use', { kind: 'answer', status: 200, body: {} }, 'its answer cannot be used ('],
    [
      'sends elsewhere',
      { kind: 'answer', status: 302, headers: { location: 'https://example.com' } },
      'its answer has another HTTP status',
    ],
    ['says too much', { kind: 'answer', status: 200, body: { padding: 'x'.repeat(2_000_000) } }, 'its answer cannot be used ('],
    ['breaks off', { kind: 'half' }, 'its answer cannot be used ('],
  ] as const)('that %s refuses log-ins, until it is well again', async (_what, trouble, reason) => {
    provider.way.disturb({ ...trouble }, { method: 'POST' });
    await expectRefusal(reason);
    await withoutTrouble();
    provider.way.disturb({ ...trouble });
    await expectRefusal(reason);
    await withoutTrouble();
  });

  it.each([
    [400, 'unauthorized_client', 'allow it the password grant (Keycloak: direct access grants)'],
    [401, 'invalid_client', 'the client secret is wrong'],
    [400, 'invalid_scope', 'it does not let the client ask for the scope'],
    [400, 'temporarily_unavailable', 'it answered with the error temporarily_unavailable'],
    [400, 'constructor', 'it answered with the error constructor'],
  ])('that is set up in another way is told by its error: %s %s', async (status, error, reason) => {
    provider.way.disturb({ kind: 'answer', status, body: { error, error_description: 'right-zoe' } }, { method: 'POST' });
    await expectRefusal(reason);
  });

  it.each([
    ['preferred_username', { preferred_username: 7 }],
    ['preferred_username', { preferred_username: 'a\u0000b' }],
    ['groups', { groups: [{ name: 'right-zoe' }] }],
  ])('that tells no usable %s is told by it', async (claim, more) => {
    await provider.setUsers({ zoe: { password: 'right-zoe', ...more } });
    await expectRefusal(`the claim '${claim}' is missing or cannot be used`);
    await provider.setUsers({ zoe: { password: 'right-zoe' } });
  });

  it('whose ID token is signed by a key of others proves nothing', async () => {
    provider.way.disturb({ kind: 'drop' });
    await expectRefusal('it cannot be reached');
    provider.way.reset();
    provider.way.disturb({ kind: 'answer', status: 200, body: { keys: [] } }, { path: /jwks/ });
    await expectRefusal('its ID token is signed by a key that it does not publish');
    await withoutTrouble();
  });

  it('is no reason to slow down, and is told once while it lasts', async () => {
    provider.way.disturb({ kind: 'answer', status: 503, body: {} });
    await expectRefusal('its answer has another HTTP status');
    const before = (await troubles()).length;
    for (let count = 0; count < 5; count += 1) await expectRefusal('its answer has another HTTP status');
    expect(await troubles()).toHaveLength(before);
    await withoutTrouble();
  });

  it('answers a Basic request by what may be tried again', async () => {
    provider.way.disturb({ kind: 'drop' });
    const authorization = `Basic ${Buffer.from('zed@corp:right-zed').toString('base64')}`;
    const { status, headers, text } = await engine.send('/ovirt-engine/api', { headers: { authorization } });
    expect({ status, retry: headers['retry-after'] }).toEqual({ status: 503, retry: '2' });
    expect(text).toContain('The OpenID provider cannot be asked now.');
  });
});

describe('settings that do not fit', () => {
  /** The answer and the reason of a log-in to an engine with these settings. */
  async function refusalOf(settings: NodeJS.ProcessEnv) {
    const other = await RunningEngine.start([], { ...provider.settings, ...settings });
    try {
      await provider.setUsers({ zoe: { password: 'right-zoe' } });
      const { status, text } = await logInAt(other, 'zoe@corp', 'right-zoe');
      const [reason] = await eventTexts(other, FAILED);
      return { status, text, reason };
    } finally {
      await other.close();
    }
  }

  it.each([
    ['the issuer', () => ({ CLINKER_OIDC_ISSUER: `${provider.way.url}/realms/other` }), 'is the issuer right'],
    ['the client', () => ({ CLINKER_OIDC_CLIENT_ID: 'stranger' }), 'it does not know the client, or the client secret is wrong'],
    ['the secret', () => ({ CLINKER_OIDC_CLIENT_SECRET_FILE: provider.secretFile('another-secret') }), 'the client secret is wrong'],
    ['the authority', () => ({ CLINKER_OIDC_CA: '' }), 'it cannot be reached (UNABLE_TO_VERIFY_LEAF_SIGNATURE)'],
  ])('are told by the reason: %s', async (_what, settings, reason) => {
    expect(await refusalOf(settings())).toEqual({ status: 400, text: containing('server_error'), reason: containing(reason) });
  });
});

it('keeps no secret anywhere', async () => {
  const tables = await engine.db.query<{ name: string }[]>("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'");
  for (const { name } of tables) {
    const found = await engine.db.query<{ row: string }[]>(
      `SELECT t::text AS row FROM "${name}" t WHERE t::text ~ 'right-|${CLIENT_SECRET}'`,
    );
    expect({ name, found }).toEqual({ name, found: [] });
  }
});

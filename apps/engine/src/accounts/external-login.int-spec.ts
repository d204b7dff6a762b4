import { PASSWORD, type RawRequest, RunningEngine } from '../testing/running-engine';
import { Account, AccountGroup } from './account.entity';
import { CLIENT_SECRET, OpenIdProvider } from './testing/openid.provider';
import { eventTexts, logInAt } from './testing/password.grant';

let provider: OpenIdProvider;
let engine: RunningEngine;

beforeAll(async () => {
  provider = await OpenIdProvider.start();
  engine = await RunningEngine.start([], provider.settings);
});

afterAll(async () => {
  await engine?.close();
  await provider?.close();
});

const containing = (text: string) => expect.stringContaining(text) as string;
const basic = (login: string, password: string) => `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`;
const logIn = (login: string, password: string) => logInAt(engine, login, password);
const withToken = (token = ''): RawRequest => ({ headers: { authorization: `Bearer ${token}` } });
const accounts = (userName: string) => engine.db.findBy(Account, { userName, domain: 'corp' });
const lastEvent = async (code: number) => (await eventTexts(engine, code)).at(-1);
const groupNames = async (login: string) => {
  const { id } = await engine.ask('GET', `/users?search=${encodeURIComponent(`usrname="${login}"`)}`);
  const { text } = await engine.ask('GET', `/users/${id}/groups`);
  return [...text.matchAll(/<group [^]*?<name>(.*?)<\/name>/g)].map(([, name]) => name);
};
const give = (role: string, who: string) =>
  engine.ask('POST', '/permissions', `<permission><role><name>${role}</name></role>${who}</permission>`);

describe('log-in by an OpenID provider', () => {
  it('gives a token of ours, and makes an account of what the provider tells', async () => {
    await provider.setUsers({ jane: { password: 'right-1', email: 'jane@example.com', given_name: 'Jane', family_name: 'Doe' } });
    const { status, body } = await logIn('jane@corp', 'right-1');
    expect(status).toBe(200);
    expect(body).toMatchObject({ scope: 'ovirt-app-api', token_type: 'bearer' });
    const [jane] = await accounts('jane');
    expect(jane).toMatchObject({ externalId: 'id-of-jane', passwordHash: '', email: 'jane@example.com', name: 'Jane', lastName: 'Doe' });
    const info = await engine.send(`/ovirt-engine/sso/oauth/token-info?token=${body['access_token']}`);
    expect(JSON.parse(info.text)).toMatchObject({ active: true, user_id: 'jane@corp' });
    expect(await lastEvent(30)).toMatch(/^User jane@corp connecting from '.+' logged in\.$/);
    expect(await lastEvent(90_010)).toBe("User 'jane@corp' was added by the first log-in.");
    await engine.send(`/ovirt-engine/services/sso-logout?token=${body['access_token']}`);
    expect((await engine.send('/ovirt-engine/api', withToken(body['access_token']))).status).toBe(401);
  });

  it('serves Basic too, and asks the provider once for requests that follow each other', async () => {
    await provider.setUsers({ bob: { password: 'right-1', groups: ['porters'] } });
    await logIn('bob@corp', 'right-1');
    const [bob] = await accounts('bob');
    expect((await give('UserRole', `<user id="${bob?.id}"/>`)).status).toBe(201);
    const before = provider.way.count({ method: 'POST' });
    const request = { headers: { authorization: basic('bob@corp', 'right-1') } };
    for (let count = 0; count < 3; count += 1) expect((await engine.send('/ovirt-engine/api', request)).status).toBe(200);
    expect(provider.way.count({ method: 'POST' })).toBe(before);
    expect((await engine.send('/ovirt-engine/api', { headers: { authorization: basic('bob@corp', 'right-2') } })).status).toBe(401);
  });

  it.each([
    ['jane@corp', 'wrong-1'],
    ['nobody@corp', 'right-1'],
    ['jane@internal', 'right-1'],
    ['jane@elsewhere', 'right-1'],
  ])('refuses %s with the password %s in the words for everybody', async (login, password) => {
    await provider.setUsers({ jane: { password: 'right-1' } });
    const { status, body } = await logIn(login, password);
    expect(status).toBe(400);
    const error = `Cannot authenticate user '${login}': The user name or password is incorrect..`;
    expect(body).toEqual({ error_code: 'access_denied', error });
    expect(await lastEvent(114)).toMatch(new RegExp(`^User ${login} connecting from '.+' failed to log in\\.$`));
    const answer = await engine.send('/ovirt-engine/api', { headers: { authorization: basic(login, password) } });
    expect(answer.status).toBe(401);
  });

  it('never asks the provider about an empty password or name', async () => {
    const before = provider.way.count();
    for (const text of ['jane@corp:', '@corp:right-1'])
      expect((await engine.send('/api', { headers: { authorization: `Basic ${Buffer.from(text).toString('base64')}` } })).status).toBe(401);
    expect(provider.way.count()).toBe(before);
  });

  it('slows down who guesses', async () => {
    await provider.setUsers({ gus: { password: 'right-1' } });
    for (let count = 0; count < 3; count += 1) expect((await logIn('gus@corp', 'guess')).status).toBe(400);
    const start = performance.now();
    expect((await logIn('gus@corp', 'right-1')).status).toBe(200);
    expect(performance.now() - start).toBeGreaterThanOrEqual(200);
  });

  it('gives no token to who has just been disabled there', async () => {
    await provider.setUsers({ kim: { password: 'right-1' } });
    expect((await logIn('kim@corp', 'right-1')).status).toBe(200);
    await provider.setUsers({ kim: { password: 'right-1', disabled: true } });
    expect(await logIn('kim@corp', 'right-1')).toMatchObject({ status: 400, text: containing('access_denied') });
  });

  it('knows who it is by the id, whatever name was typed or is told later', async () => {
    await provider.setUsers({ 'ann@example.com': { sub: 'ann', password: 'right-1', preferred_username: 'ann' } });
    expect((await logIn('ann@example.com@corp', 'right-1')).status).toBe(200);
    const [ann] = await accounts('ann');
    await provider.setUsers({ anna: { sub: 'ann', password: 'right-1' } });
    expect((await logIn('anna@corp', 'right-1')).status).toBe(200);
    expect(await accounts('anna')).toMatchObject([{ id: ann?.id }]);
    expect(await accounts('ann')).toEqual([]);
  });

  it('gives nobody the account of another who had his name', async () => {
    await provider.setUsers({ max: { sub: 'first', password: 'right-1' } });
    expect((await logIn('max@corp', 'right-1')).status).toBe(200);
    await provider.setUsers({ max: { sub: 'second', password: 'right-1' } });
    expect(await logIn('max@corp', 'right-1')).toMatchObject({ status: 400, text: containing('access_denied') });
    expect(await lastEvent(90_017)).toContain('the name max belongs to another user here, who must be removed first');
    expect(await accounts('max')).toMatchObject([{ externalId: 'first' }]);
  });

  it('takes claims that are told only when they are asked for', async () => {
    await provider.setClaimsIn('userinfo');
    await provider.setUsers({ eve: { password: 'right-1', groups: ['asked'] } });
    expect((await logIn('eve@corp', 'right-1')).status).toBe(200);
    await provider.setClaimsIn('id_token');
    expect(await groupNames('eve@corp')).toEqual(['asked']);
  });

  it('writes one account when two log in at once for the first time', async () => {
    const names = ['twin1', 'twin2'];
    const groups = ['both', 'each', 'other'];
    await provider.setUsers(Object.fromEntries(names.map((name) => [name, { password: 'right-1', groups }])));
    const attempts = [...names, ...names, ...names, ...names].map((name) => logIn(`${name}@corp`, 'right-1'));
    expect((await Promise.all(attempts)).map(({ status }) => status)).toEqual(attempts.map(() => 200));
    for (const name of names) {
      expect(await accounts(name)).toHaveLength(1);
      expect(await groupNames(`${name}@corp`)).toEqual(groups);
    }
    expect(await engine.db.countBy(AccountGroup, { name: 'both' })).toBe(1);
  });

  it('leaves the users of the built-in domain as they are', async () => {
    const before = provider.way.count();
    expect((await logIn('admin@internal', PASSWORD)).status).toBe(200);
    expect((await logIn('admin@internal', 'wrong')).text).toContain('access_denied');
    expect(provider.way.count()).toBe(before);
  });
});

describe('groups of the provider', () => {
  it('come with the log-in, give what they have, and go when they are told no more', async () => {
    await provider.setUsers({ lea: { password: 'right-1', groups: ['chiefs', '/corp/staff'] } });
    expect((await logIn('lea@corp', 'right-1')).status).toBe(200);
    expect(await groupNames('lea@corp')).toEqual(['/corp/staff', 'chiefs']);
    const chiefs = await engine.db.findOneByOrFail(AccountGroup, { name: 'chiefs', domain: 'corp' });
    expect((await give('SuperUser', `<group id="${chiefs.id}"/>`)).status).toBe(201);
    const { body } = await logIn('lea@corp', 'right-1');
    expect((await engine.send('/ovirt-engine/api/hosts', withToken(body['access_token']))).status).not.toBe(401);
    expect((await engine.send('/ovirt-engine/api/groups', withToken(body['access_token']))).status).toBe(200);
    await provider.setUsers({ lea: { password: 'right-1', groups: '/corp/staff' } });
    expect((await logIn('lea@corp', 'right-1')).status).toBe(200);
    expect(await groupNames('lea@corp')).toEqual(['/corp/staff']);
    expect((await engine.send('/ovirt-engine/api/groups', withToken(body['access_token']))).status).toBe(401);
    expect(await lastEvent(90_016)).toBe("User 'lea@corp' was removed from the groups 'chiefs', as the OpenID provider says.");
    await provider.setUsers({ lea: { password: 'right-1' } });
    await logIn('lea@corp', 'right-1');
    expect(await groupNames('lea@corp')).toEqual([]);
  });

  it('are given permissions before anybody of them has logged in', async () => {
    const group = await engine.ask('POST', '/groups', '<group><name>operators</name><domain><name>corp-authz</name></domain></group>');
    expect(group).toMatchObject({ status: 201, text: containing('<name>corp-authz</name>') });
    expect((await give('UserRole', `<group id="${group.id}"/>`)).status).toBe(201);
    expect(await lastEvent(850)).toContain('User/Group operators@corp was granted permission');
    await provider.setUsers({ pat: { password: 'right-1', groups: ['operators'] }, ray: { password: 'right-1' } });
    const [pat, ray] = [await logIn('pat@corp', 'right-1'), await logIn('ray@corp', 'right-1')];
    expect((await engine.send('/ovirt-engine/api', withToken(pat.body['access_token']))).status).toBe(200);
    expect((await engine.send('/ovirt-engine/api', withToken(ray.body['access_token']))).status).toBe(401);
  });

  it('take no members by the API, while those of the built-in domain take and keep users of the provider', async () => {
    await provider.setUsers({ sam: { password: 'right-1', groups: ['staff'] } });
    await logIn('sam@corp', 'right-1');
    const [sam] = await accounts('sam');
    const staff = await engine.db.findOneByOrFail(AccountGroup, { name: 'staff', domain: 'corp' });
    const others = await engine.db.findOneByOrFail(AccountGroup, { name: 'operators', domain: 'corp' });
    const refusal = { status: 400, text: containing('is decided by the OpenID provider') };
    expect(await engine.ask('POST', `/users/${sam?.id}/groups`, `<group id="${others.id}"/>`)).toMatchObject(refusal);
    expect(await engine.ask('DELETE', `/users/${sam?.id}/groups/${staff.id}`)).toMatchObject(refusal);
    await engine.ask('POST', '/groups', '<group><name>staff</name></group>');
    expect((await engine.ask('POST', `/users/${sam?.id}/groups`, '<group><name>staff</name></group>')).status).toBe(201);
    await logIn('sam@corp', 'right-1');
    expect(await groupNames('sam@corp')).toEqual(['staff', 'staff']);
  });
});

describe('users of the provider', () => {
  const beforehand = (userName: string, more = '') =>
    engine.ask('POST', '/users', `<user><user_name>${userName}</user_name>${more}</user>`);
  const corp = '<domain><name>corp-authz</name></domain>';

  it.each([
    ['una@corp', ''],
    ['ulf@corp-authz', ''],
    ['uta', corp],
    ['udo@corp', corp],
    ['ute@corp-authz', '<domain><name>corp</name></domain>'],
  ])('are added beforehand as %s%s, and are the same when they log in', async (userName, more) => {
    const [name = ''] = userName.split('@');
    const { status, id, text } = await beforehand(userName, more);
    expect({ status, text }).toMatchObject({ status: 201, text: containing(`<user_name>${name}@corp-authz</user_name>`) });
    expect((await beforehand(userName, more)).id).toBe(id);
    expect((await give('UserRole', `<user id="${id}"/>`)).status).toBe(201);
    await provider.setUsers({ [name]: { password: 'right-1' } });
    const { body } = await logIn(`${name}@corp`, 'right-1');
    expect((await engine.send('/ovirt-engine/api', withToken(body['access_token']))).status).toBe(200);
    expect(await accounts(name)).toMatchObject([{ id, externalId: `id-of-${name}` }]);
  });

  it('have no password here', async () => {
    expect(await beforehand('vic@corp', '<password>some-secret</password>')).toMatchObject({
      status: 400,
      text: containing('The password of a user of corp-authz is kept by the OpenID provider and cannot be set here: leave out [password].'),
    });
    const { id } = await beforehand('vic@corp');
    const changed = await engine.ask('PUT', `/users/${id}`, '<user><password>some-secret</password></user>');
    expect(changed).toMatchObject({ status: 400, text: containing('leave out [password]') });
    expect(changed.text).not.toContain('some-secret');
    expect(await accounts('vic')).toMatchObject([{ passwordHash: '' }]);
  });

  it('may be called admin, and go like others', async () => {
    const { id } = await beforehand('admin@corp');
    expect((await engine.ask('DELETE', `/users/${id}`)).status).toBe(200);
  });

  it.each([
    ['@corp', '', 400, 'must have something before the @'],
    ['wim', '<domain><name>other-authz</name></domain>', 404, "Domain with id or name 'other-authz'"],
  ])('are refused as %s%s', async (userName, more, status, text) => {
    expect(await beforehand(userName, more)).toMatchObject({ status, text: containing(text) });
  });

  it('are listed in their directory', async () => {
    await beforehand('yan@corp');
    await beforehand('yan@internal');
    const { text } = await engine.ask('GET', '/domains');
    const ids = [...text.matchAll(/<domain [^]*?id="([0-9A-F]+)"[^]*?<name>(.*?)<\/name>/g)].map(([, id, name]) => [name, id]);
    const { 'internal-authz': internal, 'corp-authz': external } = Object.fromEntries(ids) as Record<string, string>;
    expect(ids).toHaveLength(2);
    for (const [id, name] of [
      [internal, 'yan@internal-authz'],
      [external, 'yan@corp-authz'],
    ]) {
      const found = await engine.ask('GET', `/domains/${id}/users?search=usrname%3Dyan`);
      expect(found.text.match(/<user_name>/g)).toHaveLength(1);
      expect(found.text).toContain(`<user_name>${name}</user_name>`);
      expect(found.text).toContain(`href="/ovirt-engine/api/domains/${id}/users/${found.id}"`);
      expect((await engine.ask('GET', `/domains/${id}/users/${found.id}`)).status).toBe(200);
      const other = id === internal ? external : internal;
      expect((await engine.ask('GET', `/domains/${other}/users/${found.id}`)).status).toBe(404);
    }
    expect((await engine.ask('GET', `/domains/${external}`)).text).toContain('<name>corp-authz</name>');
    expect((await engine.ask('GET', `/domains/${external}/groups`)).text).not.toContain('<name>Everyone</name>');
    expect((await engine.ask('GET', `/domains/${internal}/groups`)).text).not.toContain('operators');
  });

  it.each([
    ['usrname="yan@corp"', ['yan@corp-authz']],
    ['usrname="YAN@corp-authz"', ['yan@corp-authz']],
    ['usrname="yan@internal"', ['yan@internal-authz']],
    ['usrname=ya*@corp', ['yan@corp-authz']],
    ['usrname=yan*', ['yan@corp-authz', 'yan@internal-authz']],
    ['usrname=yan@*', ['yan@corp-authz', 'yan@internal-authz']],
    ['usrname=yan and usrname != yan@corp', ['yan@internal-authz']],
    ['usrname=yan and domain=corp-authz', ['yan@corp-authz']],
  ])('are found by %s', async (search, names) => {
    const { text } = await engine.ask('GET', `/users?search=${encodeURIComponent(search)}`);
    expect([...text.matchAll(/<user_name>(.*?)</g)].map(([, name]) => name).sort()).toEqual(names);
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

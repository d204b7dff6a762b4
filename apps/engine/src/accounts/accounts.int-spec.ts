import { EntityManager } from 'typeorm';
import { PASSWORD, type RawRequest, RunningEngine } from '../testing/running-engine';
import { AccessTokensService } from './access-tokens.service';
import { Account } from './account.entity';

let engine: RunningEngine;

beforeAll(async () => {
  engine = await RunningEngine.start([]);
});

afterAll(async () => {
  await engine?.close();
});

const containing = (text: string) => expect.stringContaining(text) as string;
const basic = (login: string, password: string) => `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`;
const form = (fields: Record<string, string>): RawRequest => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
  body: new URLSearchParams(fields).toString(),
});
const tokenPath = '/ovirt-engine/sso/oauth/token';
const passwordGrant = (username: string, password: string) => form({ grant_type: 'password', scope: 'ovirt-app-api', username, password });
const cookieOf = (setCookie: string | string[] | undefined) => String(setCookie).split(';', 1)[0] ?? '';
const events = (code: number): Promise<{ description: string }[]> =>
  engine.get(EntityManager).query('SELECT description FROM event WHERE code = $1 ORDER BY id', [code]);

async function addUser(name: string, password: string): Promise<string> {
  const body = `<user><user_name>${name}@internal-authz</user_name><domain><name>internal-authz</name></domain><password>${password}</password></user>`;
  const { status, id } = await engine.ask('POST', '/users', body);
  expect(status).toBe(201);
  return id;
}

describe('single sign-on', () => {
  it('takes the name and password from a Basic header, also by GET', async () => {
    const query = 'grant_type=urn:ovirt:params:oauth:grant-type:http&scope=ovirt-app-api';
    for (const path of [tokenPath, `${tokenPath}-http-auth`]) {
      const { status, text } = await engine.send(`${path}?${query}`, { headers: { accept: 'application/json' } });
      expect(status).toBe(200);
      expect(JSON.parse(text)).toMatchObject({ scope: 'ovirt-app-api', token_type: 'bearer' });
    }
  });

  it('answers errors of other scopes in the words of OAuth', async () => {
    const fields = { grant_type: 'password', scope: 'openid', username: 'admin@internal', password: 'x' };
    const { status, text } = await engine.send(tokenPath, form(fields));
    expect(status).toBe(400);
    expect(JSON.parse(text)).toEqual({
      error: 'access_denied',
      error_description: "Cannot authenticate user 'admin@internal': The user name or password is incorrect..",
    });
  });

  it('needs the header Accept', async () => {
    const { status, text } = await engine.send(tokenPath, { ...passwordGrant('admin@internal', PASSWORD), headers: { accept: '*/*' } });
    expect(status).toBe(400);
    expect(JSON.parse(text)).toEqual({ error_code: 'invalid_request', error: "Missing parameter: 'Accept Header'" });
  });

  it.each([
    ['username=a&username=b&password=x', 'access_denied'],
    ['username=a%00b@internal&password=x', 'access_denied'],
    [`username=${'a'.repeat(5_000)}&password=x`, 'access_denied'],
    [`username=a&password=x&scope=${'a'.repeat(2_000)}`, 'invalid_scope'],
  ])('refuses what nobody means', async (query, code) => {
    const { status, text } = await engine.send(`${tokenPath}?grant_type=password&${query}`, { headers: { accept: 'application/json' } });
    expect(status).toBe(400);
    expect(text).toContain(code);
  });

  it('tells what a token is, until it is revoked', async () => {
    const { access_token: token } = JSON.parse((await engine.send(tokenPath, passwordGrant('admin@internal', PASSWORD))).text) as {
      access_token: string;
    };
    const info = () => engine.send('/ovirt-engine/sso/oauth/token-info', form({ token }));
    expect(JSON.parse((await info()).text)).toMatchObject({ active: true, user_id: 'admin@internal', scope: 'ovirt-app-api' });
    expect((await engine.send('/ovirt-engine/sso/oauth/revoke', form({ token }))).text).toBe('{}');
    expect(await info()).toMatchObject({ status: 400, text: expect.stringContaining('invalid_grant') as string });
  });

  it('is up', async () => {
    expect(JSON.parse((await engine.send('/ovirt-engine/sso/status')).text)).toMatchObject({ status: 'active' });
  });

  it('records each log-in and each refusal, and no Basic request', async () => {
    const before = (await events(30)).length;
    await engine.send('/ovirt-engine/api');
    expect(await events(30)).toHaveLength(before);
    await engine.send(tokenPath, passwordGrant('admin@internal', PASSWORD));
    expect((await events(30)).at(-1)?.description).toMatch(/^User admin@internal connecting from '.+' logged in\.$/);
    await engine.send('/ovirt-engine/api', { headers: { authorization: basic('admin@internal', 'wrong') } });
    expect((await events(114)).at(-1)?.description).toMatch(/^User admin@internal connecting from '.+' failed to log in\.$/);
  });
});

describe('tokens', () => {
  it('expire', async () => {
    const tokens = engine.get(AccessTokensService);
    const [{ id }] = await engine.db.query<[{ id: string }]>('SELECT id FROM account');
    const { token } = await tokens.issue(id, 'ovirt-app-api', 60_000);
    await engine.db.query("UPDATE access_token SET expires_at = now() - interval '1 second' WHERE account_id = $1", [id]);
    await expect(tokens.find(token)).rejects.toThrow('expired');
  });

  it('end at once, also when they have just been used', async () => {
    const tokens = engine.get(AccessTokensService);
    const [{ id }] = await engine.db.query<[{ id: string }]>('SELECT id FROM account');
    const { token } = await tokens.issue(id, 'ovirt-app-api', 60_000);
    expect((await tokens.find(token)).caller.login).toBe('admin@internal');
    await tokens.end(token);
    await expect(tokens.find(token)).rejects.toThrow('expired');
  });

  it('are prolonged when half of their time has passed', async () => {
    const tokens = engine.get(AccessTokensService);
    const [{ id }] = await engine.db.query<[{ id: string }]>('SELECT id FROM account');
    const { token } = await tokens.issue(id, 'ovirt-app-api', 60_000);
    await engine.db.query("UPDATE access_token SET expires_at = now() + interval '20 seconds'");
    await tokens.find(token);
    expect((await tokens.find(token)).expiresAt.getTime() - Date.now()).toBeGreaterThan(50_000);
  });

  it('are a bounded number of each account', async () => {
    const [{ id }] = await engine.db.query<[{ id: string }]>('SELECT id FROM account');
    await engine.db.query(
      `INSERT INTO access_token (token_hash, account_id, scope, expires_at) SELECT 'x' || n, $1, '', now() + interval '1 day' FROM generate_series(100, 1300) n`,
      [id],
    );
    await engine.send(tokenPath, passwordGrant('admin@internal', PASSWORD));
    const [{ count }] = await engine.db.query<[{ count: number }]>('SELECT count(*)::int FROM access_token');
    expect(count).toBe(1_000);
  });
});

describe('a session', () => {
  const persistent = { prefer: 'persistent-auth', 'session-ttl': '5' };

  it('stands for the password while the client prefers so', async () => {
    const first = await engine.send('/ovirt-engine/api', { headers: persistent });
    expect(first.headers['set-cookie']).toMatch(/^JSESSIONID=\S+; Path=\/ovirt-engine\/api; Secure; HttpOnly; SameSite=Strict$/);
    const cookie = cookieOf(first.headers['set-cookie']);
    const again = await engine.send('/ovirt-engine/api', { headers: { ...persistent, cookie } });
    expect(again.headers['set-cookie']).toBeUndefined();
    expect((await engine.send('/ovirt-engine/api', { headers: { prefer: 'persistent-auth', cookie, authorization: '' } })).status).toBe(
      200,
    );
    expect((await engine.send('/ovirt-engine/api', { headers: { cookie, authorization: '' } })).status).toBe(200);
    expect((await engine.send('/ovirt-engine/api', { headers: { cookie, authorization: '' } })).status).toBe(401);
  });

  it('lives as long as asked', async () => {
    await engine.send('/ovirt-engine/api', { headers: persistent });
    const rows = await engine.db.query<unknown[]>("SELECT 1 FROM access_token WHERE scope = 'session' AND lifetime_ms = 300000");
    expect(rows.length).toBeGreaterThan(0);
    expect((await engine.send('/ovirt-engine/api', { headers: { ...persistent, 'session-ttl': '-1' } })).status).toBe(400);
  });

  it('does not hide a wrong password, and is not used when the client wants a new one', async () => {
    const cookie = cookieOf((await engine.send('/api', { headers: persistent })).headers['set-cookie']);
    const wrong = { ...persistent, cookie, authorization: basic('admin@internal', 'wrong') };
    expect((await engine.send('/api', { headers: wrong })).status).toBe(401);
    const renewed = { ...persistent, prefer: 'persistent-auth, new-auth', cookie };
    const answer = await engine.send('/api', { headers: renewed });
    expect(cookieOf(answer.headers['set-cookie'])).not.toBe(cookie);
    expect(String(answer.headers['set-cookie'])).toContain('Path=/api;');
    expect((await engine.send('/api', { headers: { ...renewed, authorization: '' } })).status).toBe(401);
  });
});

describe('users', () => {
  it('are added with a password, with which they log in', async () => {
    const id = await addUser('jane', 'secret-1');
    const { text } = await engine.ask('GET', `/users/${id}`);
    expect(text).toContain('<user_name>jane@internal-authz</user_name>');
    expect(text).toContain('<principal>jane</principal>');
    expect(text).not.toContain('secret-1');
    expect((await engine.send(tokenPath, passwordGrant('jane@internal', 'secret-1'))).status).toBe(200);
  });

  it('are out when their password changes, or they are removed', async () => {
    const id = await addUser('joe', 'secret-1');
    await engine.ask('POST', `/users/${id}/permissions`, '<permission><role><name>UserRole</name></role></permission>');
    const logIn = async (password: string) => {
      const { access_token: token } = JSON.parse((await engine.send(tokenPath, passwordGrant('joe@internal', password))).text) as {
        access_token: string;
      };
      return { headers: { authorization: `Bearer ${token}` } };
    };
    const first = await logIn('secret-1');
    expect((await engine.send('/api', first)).status).toBe(200);
    expect(
      (await engine.ask('PUT', `/users/${id}`, '<user><password>secret-2</password><last_name>Doe</last_name></user>')).text,
    ).toContain('<last_name>Doe');
    expect((await engine.send('/api', first)).status).toBe(401);
    expect((await engine.send('/api', { headers: { authorization: basic('joe@internal', 'secret-1') } })).status).toBe(401);
    const second = await logIn('secret-2');
    expect((await engine.ask('DELETE', `/users/${id}`)).status).toBe(200);
    expect((await engine.send('/api', second)).status).toBe(401);
    expect((await engine.ask('GET', `/users/${id}`)).status).toBe(404);
  });

  it.each(['usrname="admin@internal-authz"', 'usrname="admin@internal"', 'usrname=adm*', 'name=admin', 'admin'])(
    'are found by %s',
    async (search) => {
      const { text } = await engine.ask('GET', `/users?search=${encodeURIComponent(search)}`);
      expect(text).toContain('<user_name>admin@internal-authz</user_name>');
      expect(text.match(/<user /g)).toHaveLength(1);
    },
  );

  it.each([
    ['<user><domain><name>internal-authz</name></domain></user>', 400, 'User [userName] required for add'],
    ['<user><user_name>a b</user_name></user>', 400, 'userName'],
    ['<user><user_name>kim</user_name><password>short</password></user>', 400, 'at least 6'],
    ['<user><user_name>kim</user_name><domain><name>other</name></domain></user>', 404, "Domain with id or name 'other'"],
    [`<user><user_name>admin</user_name><password>${PASSWORD}</password></user>`, 409, 'name is already in use'],
  ])('are refused: %s', async (body, status, text) => {
    expect(await engine.ask('POST', '/users', body)).toMatchObject({ status, text: expect.stringContaining(text) as string });
  });

  it('without a password cannot log in, and are given back when they are added again', async () => {
    const body = '<user><user_name>kim@internal-authz</user_name><domain><name>internal-authz</name></domain></user>';
    const { id } = await engine.ask('POST', '/users', body);
    expect((await engine.ask('POST', '/users', body)).id).toBe(id);
    expect((await engine.send('/api', { headers: { authorization: basic('kim@internal', '') } })).status).toBe(401);
  });

  it('are not taken over by who only manages users', async () => {
    const manager = await addUser('clerk', 'clerk-password');
    await engine.ask(
      'POST',
      '/roles',
      '<role><name>Clerk</name><administrative>true</administrative><permits><permit id="500"/><permit id="1300"/></permits></role>',
    );
    const give = (place: string, name: string, userId: string) =>
      engine.ask('POST', `${place}/permissions`, `<permission><role><name>${name}</name></role><user id="${userId}"/></permission>`);
    expect((await give('', 'Clerk', manager)).status).toBe(201);
    const [nobody, porter, chief] = [
      await addUser('nobody', 'x-password'),
      await addUser('porter', 'x-password'),
      await addUser('chief', 'x-password'),
    ];
    expect((await give('', 'UserRole', porter)).status).toBe(201);
    expect((await give('', 'DataCenterAdmin', chief)).status).toBe(201);
    const clerk = { login: 'clerk@internal', password: 'clerk-password' };
    const setPassword = (id: string) => engine.ask('PUT', `/users/${id}`, '<user><password>taken-over</password></user>', clerk);
    const before = await engine.db.findOneByOrFail(Account, { id: chief });
    expect((await setPassword(nobody)).status).toBe(200);
    expect((await setPassword(manager)).status).toBe(200);
    clerk.password = 'taken-over';
    for (const id of [porter, chief]) expect((await setPassword(id)).status).toBe(403);
    expect((await engine.ask('DELETE', `/users/${chief}`, undefined, clerk)).status).toBe(403);
    expect(await engine.db.findOneByOrFail(Account, { id: chief })).toEqual(before);
    expect((await engine.ask('PUT', `/users/${chief}`, '<user><last_name>Chief</last_name></user>', clerk)).status).toBe(200);
  });

  it('do not get into a group that has more than they', async () => {
    const { id: group } = await engine.ask('POST', '/groups', '<group><name>chiefs</name></group>');
    const permission = `<permission><role><name>SuperUser</name></role><group id="${group}"/></permission>`;
    expect((await engine.ask('POST', '/permissions', permission)).status).toBe(201);
    const clerk = { login: 'clerk@internal', password: 'taken-over' };
    const { id } = await engine.db.findOneByOrFail(Account, { userName: 'clerk' });
    expect((await engine.ask('POST', `/users/${id}/groups`, `<group id="${group}"/>`, clerk)).status).toBe(403);
    expect((await engine.ask('GET', `/users/${id}/groups`)).text).not.toContain('chiefs');
    expect((await engine.ask('DELETE', `/groups/${group}`, undefined, clerk)).status).toBe(403);
    expect((await engine.ask('POST', `/users/${id}/groups`, `<group id="${group}"/>`)).status).toBe(201);
  });

  it('keep their first administrator', async () => {
    const { id } = await engine.ask('GET', '/users?search=usrname%3Dadmin');
    expect((await engine.ask('DELETE', `/users/${id}`)).status).toBe(409);
  });

  it('keep keys and options for themselves, which others do not change', async () => {
    const id = await addUser('keeper', 'secret');
    await engine.ask('POST', '/permissions', `<permission><role><name>UserRole</name></role><user id="${id}"/></permission>`);
    const own = { login: 'keeper@internal', password: 'secret' };
    const [keys, options] = [`/users/${id}/sshpublickeys`, `/users/${id}/options`];
    const key = (words: string) => `<ssh_public_key><content>ssh-rsa AAAAB3 ${words}</content></ssh_public_key>`;
    const added = await engine.ask('POST', keys, key('one'), own);
    expect(added).toMatchObject({ status: 201, text: containing('<content>ssh-rsa AAAAB3 one</content>') });
    expect((await engine.ask('PUT', `${keys}/${added.id}`, key('two'), own)).text).toContain('AAAAB3 two');
    expect((await engine.ask('GET', keys, undefined, own)).text).toContain('AAAAB3 two');
    expect((await engine.ask('POST', keys, '<ssh_public_key><content>x</content></ssh_public_key>')).status).toBe(400);
    const option = (content: string) => `<user_option><name>ui</name><content>${content}</content></user_option>`;
    await engine.ask('POST', options, option('{"a":1}'), own);
    const replaced = await engine.ask('POST', options, option('{"a":2}'), own);
    expect((await engine.ask('GET', options, undefined, own)).text.match(/<user_option /g)).toHaveLength(1);
    expect((await engine.ask('GET', `${options}/${replaced.id}`)).text).toContain('{"a":2}');
    expect((await engine.ask('POST', options, option('{'), own)).status).toBe(400);
    const { id: adminId } = await engine.ask('GET', '/users?search=usrname%3Dadmin%40internal');
    expect((await engine.ask('POST', `/users/${adminId}/sshpublickeys`, key('three'), own)).status).toBe(403);
    for (const path of [`${keys}/${added.id}`, `${options}/${replaced.id}`])
      expect((await engine.ask('DELETE', path, undefined, own)).status).toBe(200);
    expect((await engine.ask('GET', keys)).text).toContain('<ssh_public_keys/>');
  });

  it('show every link that they have', async () => {
    const { text } = await engine.ask('GET', '/users?search=usrname%3Dadmin');
    const links = [...text.matchAll(/<link href="\/ovirt-engine\/api([^"]+)"/g)]
      .flatMap(([, href]) => href ?? [])
      .filter((href) => !href.endsWith('/tags'));
    expect(links).toHaveLength(6);
    for (const href of links) expect({ href, status: (await engine.ask('GET', href)).status }).toEqual({ href, status: 200 });
  });
});

describe('groups and domains', () => {
  it('hold users', async () => {
    const user = await addUser('ann', 'secret-1');
    const { id: group } = await engine.ask(
      'POST',
      '/groups',
      '<group><name>Developers</name><domain><name>internal-authz</name></domain></group>',
    );
    expect((await engine.ask('POST', `/users/${user}/groups`, '<group><name>Developers</name></group>')).status).toBe(201);
    expect((await engine.ask('GET', `/users/${user}/groups/${group}`)).text).toContain('<name>Developers</name>');
    expect((await engine.ask('GET', '/users?search=group.name%3DDevelopers')).id).toBe(user);
    const { token } = await engine.get(AccessTokensService).issue(user, '', 60_000);
    expect((await engine.get(AccessTokensService).find(token)).caller).toEqual({ id: user, login: 'ann@internal', groupIds: [group] });
    expect((await engine.ask('DELETE', `/users/${user}/groups/${group}`)).status).toBe(200);
    expect((await engine.ask('GET', `/users/${user}/groups`)).text).toContain('<groups/>');
    expect((await engine.ask('POST', '/groups', '<group><name>Developers</name></group>')).status).toBe(409);
    expect((await engine.ask('DELETE', `/groups/${group}`)).status).toBe(200);
    expect((await engine.ask('GET', `/groups/${group}`)).status).toBe(404);
  });

  it('are read below the directory', async () => {
    const { id, text } = await engine.ask('GET', '/domains');
    expect(text).toContain('<name>internal-authz</name>');
    expect((await engine.ask('GET', `/domains/${id}`)).status).toBe(200);
    const users = await engine.ask('GET', `/domains/${id}/users?search=usrname%3Dadmin`);
    expect(users.text).toContain(`href="/ovirt-engine/api/domains/${id}/users/${users.id}"`);
    expect((await engine.ask('GET', `/domains/${id}/users/${users.id}`)).status).toBe(200);
    expect((await engine.ask('GET', `/domains/${id}/groups`)).text).toContain('<name>Everyone</name>');
    expect((await engine.ask('GET', '/domains/ABC')).status).toBe(404);
  });
});

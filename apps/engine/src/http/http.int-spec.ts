import { type FreshDatabase, freshDatabase } from '@clinker/testing';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TLSSocket, connect } from 'node:tls';
import { Client } from 'pg';
import { Agent, request } from 'undici';
import { startEngine } from '../engine.server';
import { type EngineSettings, readEngineSettings } from '../engine.settings';
import { FoundationModule } from '../foundation.module';

const PASSWORD = 'not-a-secret';
const lab = (name: string): string => process.env[name] ?? '';

/** How long these clients may take to send a request. */
const REQUEST_TIMEOUT_MS = 3_000;

let folder: string;
let database: FreshDatabase;
let engine: NestExpressApplication;
let base: string;
const dispatcher = () => new Agent({ connect: { ca: readFileSync(lab('CLINKER_CA'), 'utf8') } });
let agent: Agent;

function settings(): EngineSettings {
  writeFileSync(join(folder, 'key'), 'ab'.repeat(32));
  writeFileSync(join(folder, 'admin'), PASSWORD);
  return readEngineSettings({
    ...process.env,
    CLINKER_HTTP_ADDRESS: '127.0.0.1:0',
    CLINKER_TLS_CERT: join(lab('LAB_FOLDER'), 'tls/engine.crt'),
    CLINKER_TLS_KEY: join(lab('LAB_FOLDER'), 'tls/engine.key'),
    CLINKER_KEY_FILE: join(folder, 'key'),
    CLINKER_ADMIN_PASSWORD_FILE: join(folder, 'admin'),
    CLINKER_LOG_LEVEL: 'silent',
    CLINKER_REQUEST_TIMEOUT: `${REQUEST_TIMEOUT_MS}ms`,
    DATABASE_URL: database.url,
  });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'http-'));
  database = await freshDatabase();
  agent = dispatcher();
  const known = settings();
  engine = await startEngine(known, FoundationModule.with(known));
  base = `https://127.0.0.1:${(engine.getHttpServer() as { address(): AddressInfo }).address().port}`;
});

afterAll(async () => {
  await engine?.close();
  await agent?.close();
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

const basic = `Basic ${Buffer.from(`admin@internal:${PASSWORD}`).toString('base64')}`;
type Options = { method?: 'GET' | 'POST' | 'DELETE' | 'HEAD' | 'OPTIONS'; headers?: Record<string, string>; body?: string | Buffer };

async function ask(path: string, { method = 'GET', headers = {}, body }: Options = {}) {
  const answer = await request(base + path, {
    method,
    dispatcher: agent,
    headers: { authorization: basic, ...headers },
    ...(body === undefined ? {} : { body }),
  });
  return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
}

const form = (fields: Record<string, string>) => ({
  method: 'POST' as const,
  headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
  body: new URLSearchParams(fields).toString(),
});

describe('the address of a resource', () => {
  it.each(['/ovirt-engine/api', '/ovirt-engine/api/', '/ovirt-engine/api/v4', '/ovirt-engine/api;filter', '/api', '/api/'])(
    '%s is the root',
    async (path) => {
      const { status, text } = await ask(path);
      expect(status).toBe(200);
      expect(text).toContain('<full_version>4.4.10</full_version>');
      expect(text).toContain(`href="${path.startsWith('/api') ? '/api' : '/ovirt-engine/api'}/disks"`);
    },
  );

  it('may carry matrix parameters and a query', async () => {
    expect((await ask('/api/jobs;max=3?search=correlation_id%3Dabc')).text).toContain('<jobs/>');
    expect((await ask('/api/jobs;max=many')).status).toBe(400);
  });

  it.each(['/api/nothing', '/ovirt-engine/api/jobs/None', '/api/jobs/00000000-0000-4000-8000-000000000000'])(
    '%s is not found',
    async (path) => {
      const { status, text } = await ask(path);
      expect(status).toBe(404);
      expect(text).toMatch(/<fault><detail>.+<\/detail><reason>Operation Failed<\/reason><\/fault>/);
    },
  );

  it('is refused with a fault if it is malformed', async () => {
    expect((await ask('/api/jobs/%E0%A4%A')).status).toBe(400);
  });
});

describe('headers', () => {
  it('choose JSON with strings, or nothing at all', async () => {
    const json = await ask('/api', { headers: { accept: 'application/json' } });
    expect(json.headers['content-type']).toMatch(/^application\/json/);
    expect(JSON.parse(json.text)).toMatchObject({ product_info: { version: { major: '4', minor: '4' } } });
    expect((await ask('/api', { headers: { accept: 'image/png' } })).status).toBe(406);
  });

  it('carry the correlation id back', async () => {
    expect((await ask('/api', { headers: { 'correlation-id': 'my-work;1' } })).headers['correlation-id']).toBe('my-work1');
    expect((await ask('/api')).headers['correlation-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('name a version that exists', async () => {
    expect((await ask('/api', { headers: { version: '4' } })).status).toBe(200);
    expect((await ask('/api', { headers: { version: '9' } })).status).toBe(400);
  });
});

describe('log-in', () => {
  it('gives a token that works until it is logged out', async () => {
    const fields = { grant_type: 'password', scope: 'ovirt-app-api', username: 'admin@internal', password: PASSWORD };
    const issued = JSON.parse((await ask('/ovirt-engine/sso/oauth/token', form(fields))).text) as {
      access_token: string;
      exp: string;
      token_type: string;
    };
    expect(issued).toMatchObject({ token_type: 'bearer', exp: expect.stringMatching(/^\d{13}$/) as string });
    const bearer = { headers: { authorization: `Bearer ${issued.access_token}` } };
    expect((await ask('/api', bearer)).status).toBe(200);
    expect((await ask('/ovirt-engine/services/sso-logout', form({ scope: '', token: issued.access_token }))).text).toBe('{}');
    expect((await ask('/api', bearer)).status).toBe(401);
  });

  it.each([
    ['a wrong password', { grant_type: 'password', username: 'admin@internal', password: 'x' }, 'access_denied'],
    ['an unknown user', { grant_type: 'password', username: 'nobody@internal', password: 'x' }, 'access_denied'],
    ['no domain', { grant_type: 'password', username: 'admin', password: PASSWORD }, 'access_denied'],
    ['no password', { grant_type: 'password', username: 'admin@internal' }, 'invalid_request'],
    ['another grant', { grant_type: 'magic' }, 'unsupported_grant_type'],
  ])('refuses %s', async (_what, fields, code) => {
    const { status, text } = await ask('/ovirt-engine/sso/oauth/token', form(fields));
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({ error_code: code });
    expect(text).not.toContain(PASSWORD);
  });

  it.each(['', 'Basic', 'Basic !!!', `Basic ${Buffer.from('admin@internal:x').toString('base64')}`, 'Bearer x', 'Digest y'])(
    'refuses the header %p',
    async (authorization) => {
      const { status, headers } = await ask('/api', { headers: { authorization } });
      expect(status).toBe(401);
      expect(headers['www-authenticate']).toBe('Basic realm="RESTAPI"');
    },
  );
});

describe('a body', () => {
  const xml = { 'content-type': 'application/xml' };

  it('that is too large is refused', async () => {
    expect((await ask('/api/jobs', { method: 'POST', headers: xml, body: `<job>${' '.repeat(2_000_000)}</job>` })).status).toBe(413);
  });

  it('may be in another character set', async () => {
    const answer = await ask('/api/users', {
      method: 'POST',
      headers: { 'content-type': 'application/xml; charset=iso-8859-1' },
      body: Buffer.from('<user><user_name>jörg</user_name></user>', 'latin1'),
    });
    expect(answer).toMatchObject({ status: 201, text: expect.stringContaining('<principal>jörg</principal>') as string });
  });

  it.each([
    [400, {}, Buffer.from([0x3c, 0xff, 0x3e])],
    [415, { 'content-encoding': 'gzip' }, '<job/>'],
  ])('that is no text is refused with %i', async (status, headers, body) => {
    expect((await ask('/api/jobs', { method: 'POST', headers: { ...xml, ...headers }, body })).status).toBe(status);
  });

  it('in an unknown character set is refused', async () => {
    expect(
      (await ask('/api/jobs', { method: 'POST', headers: { 'content-type': 'application/xml; charset=klingon' }, body: '<job/>' })).status,
    ).toBe(415);
  });
});

describe('the type of a body', () => {
  const post = (headers: Record<string, string>, body = '<group/>') => ask('/api/groups', { method: 'POST', headers, body });

  it('must be one that can be read', async () => {
    expect((await post({ 'content-type': 'application/x-www-form-urlencoded' }, 'a=b')).status).toBe(415);
    expect((await post({ 'content-type': 'text/plain' })).status).toBe(415);
  });

  it.each(['application/xml', 'text/xml;charset=utf-8', 'APPLICATION/XML'])('may be %s', async (type) => {
    expect(await post({ 'content-type': type })).toMatchObject({ status: 400, text: expect.stringContaining('Group [name]') as string });
  });

  it('may be missing, and does not matter without a body', async () => {
    expect((await post({})).text).toContain('Group [name]');
    expect((await ask('/api', { headers: { 'content-type': 'text/plain' } })).status).toBe(200);
  });
});

describe('methods', () => {
  it('that a resource has not are refused, with those that it has', async () => {
    const { status, headers, text } = await ask('/api/domains', { method: 'DELETE' });
    expect({ status, allow: headers['allow'] }).toEqual({ status: 405, allow: 'OPTIONS, HEAD, GET' });
    expect(text).toContain('<fault>');
  });

  it('are told to who asks', async () => {
    const { status, headers, text } = await ask('/ovirt-engine/api/users', { method: 'OPTIONS' });
    expect({ status, allow: headers['allow'], text }).toEqual({ status: 200, allow: 'OPTIONS, HEAD, GET, POST', text: '' });
  });

  it('include HEAD, which shows the links of the root', async () => {
    const { status, headers, text } = await ask('/ovirt-engine/api', { method: 'HEAD' });
    expect({ status, text }).toEqual({ status: 200, text: '' });
    expect(headers['link']).toContain('</ovirt-engine/api/vms>; rel=vms,</ovirt-engine/api/vms?search={query}>; rel=vms/search');
  });

  it.each(['schema', 'rsdl'])('do not give the %s of oVirt', async (name) => {
    const { status, text } = await ask(`/ovirt-engine/api?${name}`);
    expect(status).toBe(400);
    expect(text).toContain('/ovirt-engine/api/openapi.json');
  });
});

describe('faults', () => {
  const json = { accept: 'application/json' };

  it.each([
    ['/api/nothing', 404, {}],
    ['/api', 401, { authorization: 'Bearer x' }],
    ['/api/jobs;max=many', 400, {}],
    ['/api/jobs?search=(', 400, {}],
  ])('of %s (%i) are in the form that the client wants', async (path, status, headers) => {
    const answer = await ask(path, { headers: { ...json, ...headers } });
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect(JSON.parse(answer.text)).toEqual({ detail: expect.any(String) as string, reason: expect.any(String) as string });
  });
});

describe('a connection', () => {
  const head = `POST /api/jobs HTTP/1.1\r\nHost: x\r\nAuthorization: ${basic}\r\nContent-Type: application/xml\r\n`;

  /** Sends these bytes over TLS and gives back all that comes until the end. */
  const raw = (bytes: string, more?: (socket: TLSSocket) => void) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect({ port: Number(new URL(base).port), host: '127.0.0.1', ca: readFileSync(lab('CLINKER_CA'), 'utf8') }, () => {
        socket.write(bytes);
        more?.(socket);
      });
      let text = '';
      socket.setEncoding('utf8').on('data', (part: string) => (text += part));
      socket.on('close', () => resolve(text)).on('error', (error: Error) => (text ? resolve(text) : reject(error)));
    });

  it('that sends no HTTP gets a fault', async () => {
    expect(await raw('hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [^]*<fault>/);
  });

  it('with too many headers gets a fault', async () => {
    const headers = Array.from({ length: 100 }, (_, count) => `X-${count}: ${'x'.repeat(1_000)}\r\n`).join('');
    expect(await raw(`GET /api HTTP/1.1\r\nHost: x\r\n${headers}\r\n`)).toMatch(/^HTTP\/1\.1 431 [^]*<fault>/);
  });

  it.each([
    ['its headers', 'GET /api HTTP/1.1\r\nHost:'],
    ['its body', `${head}Content-Length: 100\r\n\r\n<job>`],
    ['its body in chunks', `${head}Transfer-Encoding: chunked\r\n\r\n5\r\n<job>\r\n`],
  ])('that sends %s too slowly gets a fault', async (_what, bytes) => {
    const begin = Date.now();
    const trickle = (socket: TLSSocket): void => {
      const timer = setInterval(() => socket.write(bytes.includes('chunked') ? '1\r\n \r\n' : ' '), 100);
      socket.once('data', () => clearInterval(timer)).once('close', () => clearInterval(timer));
    };
    expect(await raw(bytes, trickle)).toMatch(/^HTTP\/1\.1 408 [^]*<fault>/);
    expect(Date.now() - begin).toBeLessThan(REQUEST_TIMEOUT_MS * 3);
  });

  it('that announces 10 MB gets its refusal before it has sent them', async () => {
    const begin = Date.now();
    const answer = await raw(`${head}Content-Length: 10000000\r\n\r\n<job>`, (socket) => socket.once('data', () => socket.end()));
    expect(answer).toMatch(/^HTTP\/1\.1 413 [^]*<fault>/);
    expect(Date.now() - begin).toBeLessThan(2_000);
  });

  it('is kept for the next request', async () => {
    const { headers } = await ask('/api');
    expect(headers['connection']).toBe('keep-alive');
    expect(headers['keep-alive']).toBe('timeout=75');
  });
});

describe('services beside the API', () => {
  it('describe it, without log-in', async () => {
    const anonymous = { headers: { authorization: '' } };
    const json = await ask('/ovirt-engine/api/openapi.json', anonymous);
    expect(json.status).toBe(200);
    expect(JSON.parse(json.text)).toMatchObject({ openapi: '3.1.0', paths: { '/ovirt-engine/api/users/{id}': { put: {} } } });
    const page = await ask('/ovirt-engine/apidoc', anonymous);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.text).toContain('<code>/ovirt-engine/api/users/{id}</code>');
  });

  it('tell health and the authority', async () => {
    expect((await ask('/ovirt-engine/services/health')).status).toBe(200);
    expect((await ask('/ovirt-engine/services/pki-resource?resource=ca-certificate&format=X509-PEM-CA')).text).toContain(
      'BEGIN CERTIFICATE',
    );
    expect((await ask('/ovirt-engine/services/pki-resource?resource=other')).status).toBe(404);
  });
});

describe('without the database', () => {
  const name = () => new URL(database.url).pathname.slice(1);
  const onServer = async (...statements: string[]) => {
    const client = new Client({ connectionString: lab('DATABASE_URL') });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  };

  it('says so, and goes on when it is back', async () => {
    const endSessions = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name()}'`;
    await onServer(`ALTER DATABASE ${name()} CONNECTION LIMIT 0`, endSessions);
    const refused = await ask('/ovirt-engine/api');
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '2']);
    expect(refused.text).toContain('The database of the engine cannot be used now');
    await onServer(`ALTER DATABASE ${name()} CONNECTION LIMIT -1`);
    expect((await ask('/ovirt-engine/api')).status).toBe(200);
  });
});

import { fromJson, fromXml } from '@clinker/ovirt-api';
import type { Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import * as fc from 'fast-check';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type CatalogedRoute, catalogOf } from '../openapi/route.catalog';
import { ENGINE_PARTS } from '../testing/engine.parts';
import { type RawAnswer, type RawRequest, RunningEngine } from '../testing/running-engine';

/** How many requests; `npm run fuzz` makes many more. */
const CASES = Number(process.env['FUZZ_CASES'] ?? 600);
const AT_ONCE = 6;

/** What may be alive more than before (bytes), whatever was sent: the tests themselves are in it. */
const MAX_GROWTH = 40 * 2 ** 20;

/** Bytes that are alive: what is only waiting to be collected does not count. */
function alive(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

interface Probe extends RawRequest {
  readonly path: string;
}

let engine: RunningEngine;
let routes: CatalogedRoute[];

beforeAll(async () => {
  engine = await RunningEngine.start(ENGINE_PARTS);
  const controllers = [...engine.get(ModulesContainer).values()].flatMap((module) => [...module.controllers.values()]);
  const types = controllers.map(({ metatype }) => metatype).filter((type): type is Type => typeof type === 'function');
  routes = catalogOf([...new Set(types)]).filter(({ path }) => path.startsWith('/ovirt-engine/api'));
});

afterAll(async () => {
  await engine?.close();
});

const nasty = fc.constantFrom(
  '',
  '*',
  '%',
  "'",
  '"',
  '\\',
  '\0',
  ';',
  '&',
  '<',
  ']]>',
  '&lol;',
  '${x}',
  '../..',
  'null',
  '-1',
  '1e309',
  '9'.repeat(40),
  'Ω',
  '💥',
  '\ud800',
  'true',
);
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  nasty,
  fc.array(nasty, { maxLength: 5 }).map((parts) => parts.join('')),
);
const id = fc.oneof(fc.uuid(), fc.constant('00000000-0000-0000-0000-000000000000'), text);
const number = fc.oneof(fc.integer().map(String), fc.double().map(String), text);

const word = fc.oneof(
  fc.constantFrom(
    'name',
    'id',
    'status',
    'storage.name',
    'host',
    'time',
    'severity',
    'and',
    'or',
    'sortby',
    'asc',
    'desc',
    'page',
    '(',
    ')',
  ),
  fc.constantFrom('=', '!=', '<', '>=', '"', '*', 'up', 'x*', '2026-01-01', '10GB', 'true'),
  number,
);
const search = fc.oneof(
  text,
  fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
);

/** Node's client sends no half surrogates. */
const wellFormed = (value: string): string => value.replace(/\p{Cs}/gu, '?');

/** Half encoded as it should be, half as it comes. */
const inUrl = (value: string): string => encodeURIComponent(wellFormed(value));
const raw = fc.stringMatching(/^[!-"$-.0->@-~]{0,12}$/);

const names = fc.constantFrom(
  'search',
  'max',
  'from',
  'follow',
  'case_sensitive',
  'async',
  'force',
  'correlation_id',
  'filter',
  'all_content',
  'detach_only',
  '__proto__',
  'constructor',
);
const parameter = fc.tuple(fc.oneof(names, text), fc.oneof(search, number)).map(([name, value]) => `${inUrl(name)}=${inUrl(value)}`);
const query = fc.oneof(
  fc.constant(''),
  fc.array(fc.oneof(parameter, raw), { maxLength: 4 }).map((all) => `?${all.join('&')}`),
);
const matrix = fc.oneof(
  fc.constant(''),
  fc.array(fc.oneof(parameter, raw), { maxLength: 3 }).map((all) => `;${all.join(';')}`),
);

/** What Node's client lets through: the rest never becomes a header. */
const headerText = fc.oneof(
  fc.stringMatching(/^[ -~]{0,40}$/),
  fc.constantFrom('201-created', '202-accepted', '100-continue', '4', 'true', 'persistent-auth', 'new-auth'),
);
const headers = fc.dictionary(
  fc.constantFrom(
    'accept',
    'version',
    'correlation-id',
    'filter',
    'all-content',
    'x-ovirt-expect',
    'prefer',
    'session-ttl',
    'accept-language',
    'cookie',
    'x-anything',
  ),
  fc.oneof(headerText, fc.constantFrom('application/json', 'application/xml', '*/*', '3', '5')),
  { maxKeys: 4, noNullPrototype: true },
);

const member = fc.oneof(
  fc.constantFrom(
    'name',
    'id',
    'href',
    'description',
    'provisioned_size',
    'format',
    'storage_domains',
    'storage_domain',
    'disk',
    'vm',
    'cluster',
  ),
  fc.constantFrom(
    'template',
    'memory',
    'cpu',
    'topology',
    'cores',
    'status',
    'user_name',
    'password',
    'value',
    'uuid',
    'interface',
    'data_center',
    'type',
  ),
  fc.stringMatching(/^[a-z_]{1,10}$/),
);
const escapeXml = (value: string): string => value.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

const { element } = fc.letrec<{ element: string }>((tie) => ({
  element: fc
    .tuple(member, fc.array(fc.oneof({ maxDepth: 4 }, fc.oneof(text, id, number).map(escapeXml), tie('element')), { maxLength: 4 }))
    .map(([name, children]) => `<${name}>${children.join('')}</${name}>`),
}));
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(text, id, number, fc.boolean(), fc.integer(), fc.constant(null)),
    fc.dictionary(fc.oneof(member, text), tie('value'), { maxKeys: 5 }),
    fc.array(tie('value'), { maxLength: 4 }),
  ),
}));

const bodyOf = (route: CatalogedRoute): fc.Arbitrary<{ body: string; headers: Record<string, string> }> => {
  const root = route.input?.element ?? 'action';
  const xml = fc.oneof(
    fc.array(element, { maxLength: 6 }).map((all) => `<${root}>${all.join('')}</${root}>`),
    text,
    element,
  );
  const json = fc.oneof(
    fc.dictionary(member, value, { maxKeys: 6 }).map((one) => JSON.stringify(one)),
    fc.json(),
    text,
  );
  return fc.oneof(
    xml.map((body) => ({ body, headers: { 'content-type': 'application/xml' } })),
    json.map((body) => ({ body, headers: { 'content-type': 'application/json' } })),
    fc.tuple(text, headerText).map(([body, type]) => ({ body, headers: { 'content-type': type } })),
  );
};

/** A request to one of the routes that there are, or to something near one. */
const probe = (): fc.Arbitrary<Probe> =>
  fc.constantFrom(...routes).chain((route) =>
    fc
      .record({
        ids: fc.array(id, { minLength: 5, maxLength: 5 }),
        query,
        matrix,
        headers,
        body: bodyOf(route),
        prefix: fc.constantFrom('/ovirt-engine/api', '/api', '/ovirt-engine/api/v4'),
      })
      .map(({ ids, body, prefix, ...parts }) => {
        const left = [...ids];
        const path = route.path.slice('/ovirt-engine/api'.length).replace(/\{\w+\}/g, () => inUrl(left.pop() ?? ''));
        const sends = route.method === 'post' || route.method === 'put';
        return {
          path: `${prefix}${path}${parts.matrix}${parts.query}`,
          method: route.method.toUpperCase() as 'GET',
          headers: { ...parts.headers, ...(sends ? body.headers : {}) },
          ...(sends ? { body: wellFormed(body.body) } : {}),
        };
      }),
  );

/** Whether a refusal is a fault in one of the two forms. Only an unknown version of the API is refused without one, as oVirt does. */
function isFault({ status, headers: received, text: body }: RawAnswer, sent: Probe): boolean {
  if (body === '') return status === 400 && 'version' in (sent.headers ?? {});
  const document = String(received['content-type']).startsWith('application/json') ? fromJson(body).body : fromXml(body).body;
  const fault = (document['fault'] ?? document) as Record<string, unknown>;
  return typeof fault['detail'] === 'string' && typeof fault['reason'] === 'string';
}

async function check(sent: Probe): Promise<void> {
  const { path, ...request } = sent;
  const answer = await engine.send(path, request);
  const fine = answer.status < 300 || (answer.status < 500 && isFault(answer, sent));
  if (!fine) throw new Error(`${String(request.method)} ${path}: ${answer.status} ${answer.text.slice(0, 500)}`);
}

describe('whatever is sent', () => {
  it(
    'is done or refused with a fault, and the engine stays up',
    async () => {
      const before = alive();
      const batches = fc.array(probe(), { minLength: AT_ONCE, maxLength: AT_ONCE });
      const property = fc.asyncProperty(batches, async (probes) => {
        await Promise.all(probes.map(check));
      });
      await fc.assert(property, { numRuns: Math.ceil(CASES / AT_ONCE), endOnFailure: CASES > 1_000 });
      const answer = await engine.ask('GET', '');
      expect(answer.status).toBe(200);
      expect(alive() - before).toBeLessThan(MAX_GROWTH);
    },
    60_000 + CASES * 60,
  );
});

describe('a document made to exhaust', () => {
  const post = (body: string, type = 'application/xml') =>
    engine.send('/ovirt-engine/api/groups', { method: 'POST', headers: { 'content-type': type }, body });
  const entities = Array.from({ length: 9 }, (_, level) => `<!ENTITY l${level + 1} "${`&l${level};`.repeat(10)}">`).join('');

  it.each([
    ['entities that grow', `<!DOCTYPE g [<!ENTITY l0 "lol">${entities}]><group><name>&l9;</name></group>`, 400],
    ['a file of ours', '<!DOCTYPE g [<!ENTITY x SYSTEM "file:///etc/passwd">]><group><name>&x;</name></group>', 400],
    ['100,000 attributes', `<group ${Array.from({ length: 100_000 }, (_, n) => `a${n}=""`).join(' ')}/>`, 400],
    ['100,000 levels', `${'<g>'.repeat(100_000)}${'</g>'.repeat(100_000)}`, 400],
    ['10 MB', `<group><name>${'x'.repeat(10_000_000)}</name></group>`, 413],
  ])('by %s is refused quickly', async (_what, body, status) => {
    const begin = Date.now();
    const answer = await post(body);
    expect(answer.status).toBe(status);
    expect(answer.text).toContain('<fault>');
    expect(answer.text).not.toContain('root:');
    expect(Date.now() - begin).toBeLessThan(2_000);
  });

  it('by 100,000 levels of JSON is refused quickly', async () => {
    const begin = Date.now();
    expect((await post(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`, 'application/json')).status).toBe(400);
    expect(Date.now() - begin).toBeLessThan(2_000);
  });
});

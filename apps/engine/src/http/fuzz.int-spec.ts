import type { Type } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import * as fc from 'fast-check';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type CatalogedRoute, catalogOf } from '../openapi/route.catalog';
import { ENGINE_PARTS } from '../testing/engine.parts';
import { RunningEngine } from '../testing/running-engine';
import { complaintAbout } from './testing/answer.check';
import { type Probe, inventedRequest } from './testing/invented.requests';

/** How many requests; `npm run fuzz` makes many more, of an engine in a process of its own. */
const CASES = 600;
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

let engine: RunningEngine;
let routes: CatalogedRoute[];
let ids: string[];

beforeAll(async () => {
  engine = await RunningEngine.start(ENGINE_PARTS);
  const controllers = [...engine.get(ModulesContainer).values()].flatMap((module) => [...module.controllers.values()]);
  const types = controllers.map(({ metatype }) => metatype).filter((type): type is Type => typeof type === 'function');
  routes = catalogOf([...new Set(types)]).filter(({ path }) => path.startsWith('/ovirt-engine/api/'));
  ids = await populate();
});

/** Makes what needs nothing from outside, and gives the ids of all that there is; users stay as they are, or nobody could ask any more. */
async function populate(): Promise<string[]> {
  await engine.ask('POST', '/vms', '<vm><name>v</name><cluster><name>Default</name></cluster><template><name>Blank</name></template></vm>');
  await engine.ask('POST', '/groups', '<group><name>g</name></group>');
  await engine.ask('POST', '/tags', '<tag><name>t</name></tag>');
  await engine.ask('POST', '/jobs', '<job><description>j</description></job>');
  const kinds = ['vms', 'groups', 'tags', 'jobs', 'datacenters', 'clusters', 'templates', 'networks', 'vnicprofiles', 'macpools', 'roles'];
  const found = await Promise.all(kinds.map(async (kind) => (await engine.ask('GET', `/${kind}`)).id));
  expect(found).not.toContain('');
  return found;
}

afterAll(async () => {
  await engine?.close();
});

async function check(sent: Probe): Promise<void> {
  const { path, ...request } = sent;
  const complaint = complaintAbout(sent, await engine.send(path, request));
  if (complaint !== undefined) throw new Error(complaint);
}

it('takes a search where it says so, and nowhere else', async () => {
  const lists = routes.filter(({ method, path }) => method === 'get' && !path.includes('{'));
  const refuses = async ({ path }: CatalogedRoute): Promise<boolean> =>
    (await engine.send(`${path}?search=((`, { method: 'GET', headers: {} })).status === 400;
  for (const route of lists) expect([route.path, await refuses(route)]).toEqual([route.path, route.searches]);
});

describe('whatever is sent', () => {
  it(
    'is done or refused with a fault, and the engine stays up',
    async () => {
      const before = alive();
      const batches = fc.array(inventedRequest(routes, ids), { minLength: AT_ONCE, maxLength: AT_ONCE });
      const property = fc.asyncProperty(batches, async (probes) => {
        await Promise.all(probes.map(check));
      });
      await fc.assert(property, { numRuns: Math.ceil(CASES / AT_ONCE) });
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

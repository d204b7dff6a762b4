import 'reflect-metadata';
import * as fc from 'fast-check';
import { wholeCatalog } from '../../openapi/whole.document';
import { EngineProcess } from '../../testing/engine.process';
import { complaintAbout } from './answer.check';
import { type Probe, inventedRequest } from './invented.requests';

const CASES = Number(process.env['FUZZ_CASES'] ?? 100_000);
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31);
/** Only routes whose path fits are asked. */
const ROUTES = new RegExp(process.env['FUZZ_ROUTES'] ?? '');
const BATCH = 1_000;
const AT_ONCE = 6;

/** What the engine may have of the machine's memory, at any time. */
const MOST_MEGABYTES = 300;

const API = '/ovirt-engine/api';
const KINDS = ['vms', 'groups', 'tags', 'jobs', 'datacenters', 'clusters', 'templates', 'networks', 'vnicprofiles', 'macpools', 'roles'];
const BODIES: Readonly<Record<string, string>> = {
  vms: '<vm><name>v</name><cluster><name>Default</name></cluster><template><name>Blank</name></template></vm>',
  groups: '<group><name>g</name></group>',
  tags: '<tag><name>t</name></tag>',
  jobs: '<job><description>j</description></job>',
};

/** Makes what needs nothing from outside, and gives the ids of what there is; users stay as they are, or nobody could ask any more. */
async function populate(engine: EngineProcess): Promise<string[]> {
  const headers = { 'content-type': 'application/xml' };
  for (const [kind, body] of Object.entries(BODIES)) await engine.send(`${API}/${kind}`, { method: 'POST', headers, body });
  const lists = await Promise.all(KINDS.map((kind) => engine.send(`${API}/${kind}`)));
  return lists.flatMap(({ text }) => / id="([^"]+)"/.exec(text)?.[1] ?? []);
}

/** Sends one. @returns what is wrong with the answer; that there is none counts too, but must not end the run */
async function complaintOf(engine: EngineProcess, probe: Probe): Promise<string | undefined> {
  const { path, ...request } = probe;
  try {
    return complaintAbout(probe, await engine.send(path, request));
  } catch (error) {
    return `${String(request.method)} ${path}: no answer: ${String(error)}; the engine is ${engine.isUp ? 'up' : 'down'}`;
  }
}

/** Sends some at a time. @returns what was wrong, each with its request */
async function sendAll(engine: EngineProcess, probes: readonly Probe[]): Promise<string[]> {
  const complaints: string[] = [];
  const left = [...probes];
  const worker = async (): Promise<void> => {
    for (let probe = left.pop(); probe; probe = left.pop()) {
      const complaint = await complaintOf(engine, probe);
      if (complaint !== undefined) complaints.push(complaint);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return complaints;
}

async function fuzz(engine: EngineProcess): Promise<boolean> {
  const routes = wholeCatalog().filter(({ path }) => path.startsWith(`${API}/`) && ROUTES.test(path));
  const requests = inventedRequest(routes, await populate(engine));
  console.log(`seed ${SEED}; ${routes.length} routes; ${engine.megabytes} MB at rest`);
  let wrong = 0;
  let most = 0;
  for (let sent = 0; sent < CASES && engine.isUp; sent += BATCH) {
    const complaints = await sendAll(engine, fc.sample(requests, { numRuns: Math.min(BATCH, CASES - sent), seed: SEED + sent }));
    wrong += complaints.length;
    most = Math.max(most, engine.megabytes);
    for (const complaint of complaints) console.log(complaint);
    if (complaints.length > 0) console.log(`The engine's last error: ${engine.lastError}`);
    if ((sent / BATCH) % 10 === 9) console.log(`${sent + BATCH} cases, ${wrong} wrong; RSS ${engine.megabytes} MB, most ${most} MB`);
  }
  const { status } = await engine.send(API);
  console.log(
    `${CASES} cases, ${wrong} wrong; RSS ${engine.megabytes} MB, most ${most} MB; it answers ${status}; ${engine.errors} errors in its log`,
  );
  return wrong === 0 && most < MOST_MEGABYTES && status === 200 && engine.errors === 0;
}

async function main(): Promise<void> {
  const engine = await EngineProcess.start(process.argv.slice(2));
  try {
    if (!(await fuzz(engine))) process.exitCode = 1;
  } finally {
    await engine.close();
  }
}

void main();

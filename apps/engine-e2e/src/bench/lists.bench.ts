import { readFileSync } from 'node:fs';
import { Client } from 'pg';
import { Agent, request } from 'undici';
import { EngineProcess } from '../../../engine/src/testing/engine.process';
import { KeepAliveClient } from './keep-alive.client';
import { DISKS, USER_LOGIN, USER_PASSWORD, VMS, fill } from './lists.rows';

/** How often each request and its bare SQL are measured, in turn, after as many that are not. */
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 301);
const MEMORY_REQUESTS = 1_000;
const API = '/ovirt-engine/api';

type Headers = Readonly<Record<string, string>>;

/** A request, and the statements that somebody would write who needs just these rows. */
interface Comparison {
  readonly path: string;
  bare(db: Client): Promise<void>;
  /** Writes all rows of the answer anew, as they are: nothing can be remembered of them. */
  readonly rewritten: readonly string[];
}

const FIRST_VMS = `SELECT id FROM vm ORDER BY lower(name) COLLATE "C", id LIMIT 50`;

const COMPARISONS: readonly Comparison[] = [
  {
    path: `${API}/disks?search=${encodeURIComponent('name=x* sortby name page 3')}&max=100`,
    bare: async (db) => {
      const order = `lower(name) COLLATE "C"`;
      await db.query(`SELECT * FROM disk WHERE ${order} LIKE $1 ORDER BY ${order}, id LIMIT 100 OFFSET 200`, ['x%']);
    },
    rewritten: [
      `UPDATE disk SET name = name WHERE id IN (SELECT id FROM disk WHERE name LIKE 'x%' ORDER BY lower(name) COLLATE "C" LIMIT 300)`,
    ],
  },
  {
    path: `${API}/vms?follow=disk_attachments.disk&max=50`,
    bare: async (db) => {
      const vms = await db.query<{ id: string }>(`SELECT * FROM vm ORDER BY lower(name) COLLATE "C", id LIMIT 50`);
      const attachments = await db.query<{ disk_id: string }>(
        `SELECT a.* FROM disk_attachment a JOIN disk d ON d.id = a.disk_id WHERE a.vm_id = ANY($1::uuid[]) ORDER BY d.name, d.id`,
        [vms.rows.map(({ id }) => id)],
      );
      await db.query(`SELECT * FROM disk WHERE id = ANY($1::uuid[])`, [attachments.rows.map(({ disk_id: id }) => id)]);
    },
    rewritten: [
      `UPDATE vm SET name = name WHERE id IN (${FIRST_VMS})`,
      `UPDATE disk_attachment SET plugged = plugged WHERE vm_id IN (${FIRST_VMS})`,
      `UPDATE disk SET name = name WHERE id IN (SELECT disk_id FROM disk_attachment WHERE vm_id IN (${FIRST_VMS}))`,
    ],
  },
];

const sorted = (times: number[]): number[] => [...times].sort((a, b) => a - b);
const median = (times: number[]): number => sorted(times)[Math.floor(times.length / 2)] ?? NaN;

async function timed(times: number[], work: () => Promise<unknown>): Promise<void> {
  const began = performance.now();
  await work();
  times.push(performance.now() - began);
}

/** Both in turn, so that they meet the same machine. @param rewrite runs before each round */
async function compare(
  client: KeepAliveClient,
  db: Client,
  { path, bare, rewritten }: Comparison,
  { headers, rewrite }: { headers: Headers; rewrite: boolean },
): Promise<string> {
  const [ours, floor]: [number[], number[]] = [[], []];
  let bytes = 0;
  for (let round = 0; round < 2 * ROUNDS; round += 1) {
    if (rewrite) for (const statement of rewritten) await db.query(statement);
    await timed(ours, async () => (bytes = await client.get(path, headers)));
    await timed(floor, () => bare(db));
  }
  const [request_, sql] = [median(ours.slice(ROUNDS)), median(floor.slice(ROUNDS))];
  return `request ${request_.toFixed(2)} ms, bare SQL ${sql.toFixed(2)} ms, ratio ${(request_ / sql).toFixed(2)}, ${bytes} bytes`;
}

/** A token, as a client gets it. */
async function logIn(engine: EngineProcess, ca: string, login: string, password: string): Promise<Headers> {
  const dispatcher = new Agent({ connect: { ca } });
  const body = new URLSearchParams({ grant_type: 'password', scope: 'ovirt-app-api', username: login, password }).toString();
  const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await request(`${engine.url}/ovirt-engine/sso/oauth/token`, { method: 'POST', headers, body, dispatcher });
  const { access_token: token } = (await answer.body.json()) as { access_token: string };
  await dispatcher.close();
  return { authorization: `Bearer ${token}`, accept: 'application/xml', version: '4' };
}

async function remember(engine: EngineProcess, client: KeepAliveClient, headers: Headers): Promise<void> {
  const seen = [engine.megabytes];
  for (let round = 1; round <= MEMORY_REQUESTS; round += 1) {
    await client.get(COMPARISONS[round % COMPARISONS.length]?.path ?? '', headers);
    if (round % (MEMORY_REQUESTS / 4) === 0) seen.push(engine.megabytes);
  }
  console.log(`RSS of the engine over ${MEMORY_REQUESTS} more requests: ${seen.join(', ')} MB`);
}

async function run(engine: EngineProcess, db: Client): Promise<void> {
  const ca = readFileSync(process.env['CLINKER_CA'] ?? '', 'utf8');
  console.log(`RSS of the engine at rest: ${engine.megabytes} MB`);
  await fill(db);
  const client = new KeepAliveClient(engine.url, ca);
  const admin = await logIn(engine, ca, 'admin@internal', EngineProcess.PASSWORD);
  const user = { ...(await logIn(engine, ca, USER_LOGIN, USER_PASSWORD)), filter: 'true' };
  console.log(`${DISKS} disks, ${VMS} VMs; medians of ${ROUNDS} rounds after as many to warm up`);
  for (const comparison of COMPARISONS) {
    console.log(decodeURIComponent(comparison.path));
    console.log(`  admin:                ${await compare(client, db, comparison, { headers: admin, rewrite: false })}`);
    console.log(`  user (Filter: true):  ${await compare(client, db, comparison, { headers: user, rewrite: false })}`);
    console.log(`  admin, all rows new:  ${await compare(client, db, comparison, { headers: admin, rewrite: true })}`);
  }
  await remember(engine, client, admin);
  client.close();
}

async function main(): Promise<void> {
  const engine = await EngineProcess.start(process.argv.slice(2));
  const db = new Client({ connectionString: engine.databaseUrl });
  try {
    await db.connect();
    await run(engine, db);
  } finally {
    await db.end();
    await engine.close();
  }
}

void main();

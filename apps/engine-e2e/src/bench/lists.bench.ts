import { CinderModule } from '../../../engine/src/cinder/cinder.module';
import { ClustersModule } from '../../../engine/src/clusters/clusters.module';
import { DataCentersModule } from '../../../engine/src/data-centers/data-centers.module';
import { DiskAttachmentsModule } from '../../../engine/src/disk-attachments/disk-attachments.module';
import { DisksModule } from '../../../engine/src/disks/disks.module';
import { HostConnectionModule } from '../../../engine/src/hosts/host-connection.module';
import { StorageDomainsModule } from '../../../engine/src/storage-domains/storage-domains.module';
import { TemplatesModule } from '../../../engine/src/templates/templates.module';
import { RunningEngine } from '../../../engine/src/testing/running-engine';
import { VmsModule } from '../../../engine/src/vms/vms.module';
import { VolumeProvidersModule } from '../../../engine/src/volume-providers/volume-providers.module';
import { DISKS, VMS, fill } from './lists.rows';
import { type Statement, StatementRecorder } from './statement.recorder';

/** How often each request and its statements are measured, in turn. */
const ROUNDS = Number(process.env['BENCH_ROUNDS'] ?? 101);
const WARM_UP = 30;
const MEMORY_REQUESTS = 1000;

const REQUESTS = [`/disks?search=${encodeURIComponent('name=x* sortby name page 3')}&max=100`, '/vms?follow=disk_attachments.disk&max=50'];

const sorted = (times: number[]): number[] => [...times].sort((a, b) => a - b);
const median = (times: number[]): number => sorted(times)[Math.floor(times.length / 2)] ?? NaN;

async function timed(times: number[], work: () => Promise<unknown>): Promise<void> {
  const began = performance.now();
  await work();
  times.push(performance.now() - began);
}

async function get(engine: RunningEngine, path: string): Promise<string> {
  const { status, text } = await engine.ask('GET', path);
  if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
  return text;
}

/** The statements that lists are made of; not those that find out who asks. */
const ofLists = ({ text }: Statement): boolean => /FROM "(disk|vm|disk_attachment)"/.test(text);

async function compare(engine: RunningEngine, recorder: StatementRecorder, path: string): Promise<void> {
  for (let round = 0; round < WARM_UP; round += 1) await get(engine, path);
  const statements = (await recorder.during(() => get(engine, path))).filter(ofLists);
  const [requests, bare]: number[][] = [[], []];
  for (let round = 0; round < ROUNDS; round += 1) {
    await timed(requests ?? [], () => get(engine, path));
    await timed(bare ?? [], async () => {
      for (const { text, values } of statements) await engine.db.query(text, [...values]);
    });
  }
  const [ours, floor] = [median(requests ?? []), median(bare ?? [])];
  const size = (await get(engine, path)).length;
  console.log(path);
  console.log(
    `  request ${ours.toFixed(2)} ms, its ${statements.length} statements ${floor.toFixed(2)} ms, ratio ${(ours / floor).toFixed(2)}, ${size} characters`,
  );
}

const megabytes = (): number => Math.round(process.memoryUsage().rss / 2 ** 20);

async function remember(engine: RunningEngine): Promise<void> {
  const before = megabytes();
  for (let round = 0; round < MEMORY_REQUESTS; round += 1) await get(engine, REQUESTS[round % REQUESTS.length] ?? '');
  console.log(`RSS of engine and client together: ${before} MB before ${MEMORY_REQUESTS} more requests, ${megabytes()} MB after`);
}

async function run(): Promise<void> {
  const storage = [CinderModule, HostConnectionModule, VolumeProvidersModule, StorageDomainsModule, DisksModule, DiskAttachmentsModule];
  const engine = await RunningEngine.start([...storage, DataCentersModule, ClustersModule, TemplatesModule, VmsModule]);
  try {
    await fill(engine.db);
    console.log(`${DISKS} disks, ${VMS} VMs; medians of ${ROUNDS} rounds`);
    const recorder = new StatementRecorder(engine.db);
    for (const path of REQUESTS) await compare(engine, recorder, path);
    await remember(engine);
  } finally {
    await engine.close();
  }
}

void run();

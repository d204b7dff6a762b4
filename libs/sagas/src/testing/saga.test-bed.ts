import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freshDatabase, type FreshDatabase } from '@clinker/testing';
import { Queue } from 'bullmq';
import { DataSource } from 'typeorm';
import { z } from 'zod';

import { operationMigrations } from '..';
import { OperationStep } from '../operation-step.entity';
import { Operation } from '../operation.entity';
import { Operations } from '../operations.service';
import { SagaRunner, type SagaRunnerOptions } from '../saga.runner';
import type { Json, Saga } from '../saga.types';
import { MakeWidgetSaga, RemoveWidgetSaga, WidgetFolder, widgetTable } from './widget.sagas';

/** Quick enough for tests, and otherwise like production. */
export const quickRetry = { firstMs: 10, maxMs: 100, stuckEveryMs: 60_000, graceMs: 200 };

/** Connects to a database in which the tables of operations are. */
export function operationDataSource(url: string, poolSize = 10): Promise<DataSource> {
  return new DataSource({
    type: 'postgres',
    url,
    poolSize,
    entities: [Operation, OperationStep],
    migrations: operationMigrations,
    logging: false,
    poolErrorHandler: () => undefined,
  }).initialize();
}

/** A runner with the service beside it, as one engine has them. */
export interface Engine {
  dataSource: DataSource;
  runner: SagaRunner;
  operations: Operations;
  stop(): Promise<void>;
}

/** A database, a folder and a Redis queue of one spec file's own. */
export class SagaTestBed {
  readonly #engines: Engine[] = [];

  private constructor(
    readonly database: FreshDatabase,
    readonly folder: WidgetFolder,
    readonly dataSource: DataSource,
    readonly redisUrl: string,
  ) {}

  /** On the servers of `DATABASE_URL` and `REDIS_URL`, unless told. */
  static async create(servers: { postgres?: string; redis?: string } = {}): Promise<SagaTestBed> {
    const redisUrl = servers.redis ?? process.env['REDIS_URL'];
    if (!redisUrl) throw new Error('REDIS_URL is not set: integration tests need a Redis server');
    const database = await freshDatabase(servers.postgres);
    const folder = new WidgetFolder(await mkdtemp(join(tmpdir(), 'widgets-')));
    const dataSource = await operationDataSource(database.url);
    await dataSource.runMigrations();
    await dataSource.query(widgetTable);
    return new SagaTestBed(database, folder, dataSource, redisUrl);
  }

  /** A queue of its own on a Redis that others use too. */
  get queue(): { name: string; prefix: string } {
    return { name: 'operations', prefix: new URL(this.database.url).pathname.slice(1) };
  }

  /** A started engine with the widget sagas and `sagas`. */
  async engine(sagas: Saga<Json>[] = [], options: Partial<SagaRunnerOptions> & { poolSize?: number } = {}): Promise<Engine> {
    const engine = await this.idleEngine(sagas, options);
    await engine.runner.start();
    return engine;
  }

  /** The same, not started. */
  async idleEngine(sagas: Saga<Json>[] = [], options: Partial<SagaRunnerOptions> & { poolSize?: number } = {}): Promise<Engine> {
    const { poolSize = 10, ...rest } = options;
    const dataSource = await operationDataSource(this.database.url, poolSize);
    const settings = { dataSource, redisUrl: this.redisUrl, queue: this.queue, retry: quickRetry, concurrency: 4 };
    const runner = new SagaRunner({ ...settings, ...rest });
    for (const saga of [new MakeWidgetSaga(this.folder), new RemoveWidgetSaga(this.folder), ...sagas]) runner.register(saga);
    const engine = { dataSource, runner, operations: new Operations(runner), stop: () => stop(runner, dataSource) };
    this.#engines.push(engine);
    return engine;
  }

  /** Runs one statement in the database, beside all runners. */
  query<T>(sql: string, parameters: unknown[] = []): Promise<T[]> {
    return this.dataSource.query<T[]>(sql, parameters);
  }

  /** Cuts the session that holds the advisory lock of an operation. */
  async cutSessionOf(operationId: string): Promise<void> {
    const key = `hashtextextended($1, 0)`;
    const held = `locktype = 'advisory' AND classid = ((${key} >> 32) & 4294967295)::oid AND objid = (${key} & 4294967295)::oid`;
    const cut = await this.query(`SELECT pg_terminate_backend(pid, 5000) FROM pg_locks WHERE ${held}`, [operationId]);
    if (cut.length !== 1) throw new Error(`The lock of operation ${operationId} is held by ${cut.length} sessions`);
  }

  /** Ends the engines that a test has left running. */
  async stopEngines(): Promise<void> {
    await Promise.all(this.#engines.splice(0).map((engine) => engine.stop()));
  }

  async destroy(): Promise<void> {
    await this.stopEngines();
    if (this.redisUrl === process.env['REDIS_URL']) await this.#removeQueue();
    await this.dataSource.destroy();
    await this.database.drop();
    await rm(this.folder.path, { recursive: true });
  }

  /** Others use this Redis too: nothing of ours stays in it. */
  async #removeQueue(): Promise<void> {
    const { name, prefix } = this.queue;
    const queue = new Queue(name, { prefix, connection: { url: this.redisUrl } });
    await queue.obliterate({ force: true });
    await queue.close();
  }
}

/** A saga whose state may be any object, for tests of the runner itself. */
export function sagaOf(name: string, parts: Pick<Saga<Json>, 'steps'> & Partial<Saga<Json>>): Saga<Json> {
  return { name, state: z.record(z.string(), z.unknown()), describe: () => `Trying ${name}`, ...parts };
}

/** Resolves when `condition` holds, which is asked every few milliseconds. Throws after `withinMs`. */
export async function eventually(condition: () => Promise<boolean> | boolean, withinMs = 10_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`It has not come about within ${withinMs} ms: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function stop(runner: SagaRunner, dataSource: DataSource): Promise<void> {
  await runner.stop();
  if (dataSource.isInitialized) await dataSource.destroy();
}

import { randomUUID } from 'node:crypto';

import { PrivatePostgres, PrivateRedis } from '@clinker/testing';
import { Redis } from 'ioredis';

import type { Operations } from './operations.service';
import { SagaTestBed } from './testing/saga.test-bed';

jest.setTimeout(60_000);

describe('A runner whose servers go away', () => {
  let redis: PrivateRedis;
  let postgres: PrivatePostgres;
  let bed: SagaTestBed;

  beforeAll(async () => {
    [redis, postgres] = await Promise.all([PrivateRedis.create(), PrivatePostgres.start()]);
    bed = await SagaTestBed.create({ postgres: postgres.url, redis: redis.url });
  });
  beforeEach(() => redis.start());
  afterEach(async () => {
    await bed.stopEngines();
    await redis.stop();
  });
  afterAll(async () => {
    await bed.destroy();
    await Promise.all([redis.destroy(), postgres.destroy()]);
  });

  const startWidgets = (operations: Operations, count: number) =>
    Promise.all(
      Array.from({ length: count }, () => operations.start('make-widget', { widgetId: randomUUID() }, { correlationId: 'outage' })),
    );

  const expectAllFinished = async (operations: Operations, started: { id: string; state: object }[]) => {
    const ended = await Promise.all(started.map(({ id }) => operations.ended(id, 30_000)));
    expect(new Set(ended.map(({ status }) => status))).toEqual(new Set(['finished']));
    const files = await Promise.all(ended.map(({ state }) => bed.folder.filesOf(state['widgetId'] as string)));
    expect(files.map(({ length }) => length)).toEqual(started.map(() => 1));
  };

  it('goes on when everything in Redis is lost', async () => {
    const { operations } = await bed.engine([], { concurrency: 2 });
    const started = await startWidgets(operations, 30);
    const client = new Redis(redis.url);
    expect(Number(await client.dbsize())).toBeGreaterThan(0);
    for (let round = 0; round < 5; round += 1) await client.flushall();
    client.disconnect();
    await expectAllFinished(operations, started);
  });

  it('starts, works and stops without Redis', async () => {
    await redis.stop();
    const warnings: string[] = [];
    const logger = {
      info: () => undefined,
      error: () => undefined,
      warn: (_fields: object, message: string) => void warnings.push(message),
    };
    const { operations, stop } = await bed.engine([], { logger, sweepEveryMs: 100 });
    await expectAllFinished(operations, await startWidgets(operations, 20));
    expect(warnings).toEqual(['Redis does not do its work; operations are woken by the sweep']);
    await stop();
  });

  it('goes on when Redis is restarted, and uses it again', async () => {
    const messages: string[] = [];
    const note = (_fields: object, message: string) => void messages.push(message);
    const { operations } = await bed.engine([], { logger: { info: note, warn: note, error: note }, concurrency: 2 });
    const started = await startWidgets(operations, 20);
    await redis.stop();
    await redis.start();
    await expectAllFinished(operations, started);
    await expectAllFinished(operations, await startWidgets(operations, 5));
    expect(messages).toEqual(['Redis does not do its work; operations are woken by the sweep', 'Redis does its work again']);
  });

  it('goes on after a crash of PostgreSQL', async () => {
    const { operations } = await bed.engine([], { sweepEveryMs: 200 });
    const started = await startWidgets(operations, 20);
    await postgres.crashAndRestart();
    await expectAllFinished(operations, started);
  });
});

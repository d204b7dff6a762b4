import 'reflect-metadata';
import { z } from 'zod';

import { Operations } from '../operations.service';
import { SagaRunner } from '../saga.runner';
import { announceReady, faultHooks } from './fault.hooks';
import { operationDataSource, quickRetry } from './saga.test-bed';
import { MakeWidgetSaga, RemoveWidgetSaga, WidgetFolder } from './widget.sagas';

/** What a forked worker is told by its environment. */
const settings = z.object({ DATABASE_URL: z.string(), REDIS_URL: z.string(), WIDGET_FOLDER: z.string(), QUEUE_PREFIX: z.string() });

const begin = z.object({ kind: z.literal('begin'), saga: z.string(), widgetId: z.string() });

/** An engine that knows the widget sagas only, for tests that kill it. Starts operations when its parent asks. */
async function main(): Promise<void> {
  const hooks = faultHooks();
  const { DATABASE_URL, REDIS_URL, WIDGET_FOLDER, QUEUE_PREFIX } = settings.parse(process.env);
  const dataSource = await operationDataSource(DATABASE_URL);
  const queue = { name: 'operations', prefix: QUEUE_PREFIX };
  const runner = new SagaRunner({ dataSource, redisUrl: REDIS_URL, queue, hooks, retry: quickRetry, concurrency: 4, sweepEveryMs: 200 });
  const folder = new WidgetFolder(WIDGET_FOLDER);
  runner.register(new MakeWidgetSaga(folder));
  runner.register(new RemoveWidgetSaga(folder));
  const operations = new Operations(runner);
  await runner.start();
  process.on('message', (message) => void answer(operations, message));
  process.once('SIGTERM', () => void runner.stop().then(() => process.exit()));
  await announceReady();
}

async function answer(operations: Operations, message: unknown): Promise<void> {
  const { success, data } = begin.safeParse(message);
  if (!success) return;
  const { saga, widgetId } = data;
  const answered = await operations.start(saga, { widgetId }, { correlationId: widgetId }).then(
    ({ id }) => ({ operationId: id }),
    (error: unknown) => ({ error: String(error) }),
  );
  process.send?.({ kind: 'begun', widgetId, ...answered });
}

void main();

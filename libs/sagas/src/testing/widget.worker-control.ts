import { join } from 'node:path';

import { z } from 'zod';

import { ForkedFaults } from './forked.faults';
import type { SagaTestBed } from './saga.test-bed';

const begun = z.object({
  kind: z.literal('begun'),
  widgetId: z.string(),
  operationId: z.string().optional(),
  error: z.string().optional(),
});

/** A forked process with the widget sagas, and faults for it. */
export class WidgetWorker extends ForkedFaults {
  constructor(bed: SagaTestBed) {
    super({
      entry: join(__dirname, 'widget.worker.ts'),
      environment: () => ({
        DATABASE_URL: bed.database.url,
        REDIS_URL: bed.redisUrl,
        WIDGET_FOLDER: bed.folder.path,
        QUEUE_PREFIX: bed.queue.prefix,
      }),
    });
  }

  /** Lets the worker start an operation. Throws if that was refused, or if the worker dies before it has answered. */
  async begin(saga: string, widgetId: string): Promise<string> {
    await this.ready();
    const answer = this.#answerFor(widgetId);
    await Promise.all([this.process.send({ kind: 'begin', saga, widgetId }), answer]);
    return answer;
  }

  #answerFor(widgetId: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const forgetExit = this.process.onExit(() => settle(() => reject(new Error('The worker has died'))));
      const forgetMessage = this.process.onMessage((message) => {
        const { success, data } = begun.safeParse(message);
        if (!success || data.widgetId !== widgetId) return;
        settle(() => (data.operationId === undefined ? reject(new Error(data.error)) : resolve(data.operationId)));
      });
      const settle = (end: () => void) => {
        forgetExit();
        forgetMessage();
        end();
      };
    });
  }
}

import { randomInt, randomUUID } from 'node:crypto';

import { loadOperation } from './operation.store';
import { type Engine, eventually, SagaTestBed } from './testing/saga.test-bed';
import { WidgetWorker } from './testing/widget.worker-control';

describe('A process that runs sagas', () => {
  let bed: SagaTestBed;
  let observer: Engine;
  const workers: WidgetWorker[] = [];

  beforeAll(async () => {
    bed = await SagaTestBed.create();
    observer = await bed.idleEngine();
  });
  afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.process.stop())));
  afterAll(() => bed.destroy());

  const startWorker = async () => {
    const worker = new WidgetWorker(bed);
    workers.push(worker);
    await worker.process.start();
    return worker;
  };

  it('may be killed 25 times during 75 operations, and each of them makes exactly one widget', async () => {
    const pair = await Promise.all([startWorker(), startWorker()]);
    const widgetIds = Array.from({ length: 75 }, () => randomUUID());
    const started = await Promise.all(
      widgetIds.map((widgetId) => observer.operations.start('make-widget', { widgetId }, { correlationId: 'chaos' })),
    );
    let kills = 0;
    let unfinished = started.length;
    const finish = async ({ id }: { id: string }) => {
      const { status } = await observer.operations.ended(id, 60_000);
      unfinished -= 1;
      return status;
    };
    const statuses = Promise.all(started.map(finish));
    for (; kills < 25; kills += 1) {
      const victim = pair[kills % 2];
      await victim?.process.ready();
      await new Promise((resolve) => setTimeout(resolve, randomInt(40)));
      await victim?.process.kill();
      if (unfinished < 25) started.push(...(await moreWork()));
    }
    expect(new Set(await statuses)).toEqual(new Set(['finished']));
    expect(new Set(await Promise.all(started.map(finish)))).toEqual(new Set(['finished']));
    const widgets = await bed.query<{ id: string; status: string; file: string }>('SELECT * FROM widget');
    expect(widgets).toHaveLength(started.length);
    for (const { id, status, file } of widgets)
      expect({ status, files: await bed.folder.filesOf(id) }).toEqual({ status: 'ok', files: [file] });
    expect(await bed.query('SELECT widget_id FROM widget_event GROUP BY widget_id HAVING count(*) > 1')).toEqual([]);

    /** Keeps the workers busy until the last kill. */
    async function moreWork() {
      unfinished += 25;
      const more = Array.from({ length: 25 }, () => ({ widgetId: randomUUID() }));
      return Promise.all(more.map((state) => observer.operations.start('make-widget', state, { correlationId: 'chaos' })));
    }
  });

  it.each(['before', 'after'] as const)(
    'that was frozen %s a call does no harm when it thaws after another has taken over',
    async (when) => {
      const worker = await startWorker();
      await worker.arm({ saga: 'make-widget', step: 'make the file', phase: 'run', when, action: 'freeze' });
      const widgetId = randomUUID();
      const id = await worker.begin('make-widget', widgetId);
      await eventually(() => worker.unstruck.length === 0);
      await eventually(async () => (await bed.folder.filesOf(widgetId)).length === (when === 'after' ? 1 : 0));
      await bed.cutSessionOf(id);

      const { operations } = await bed.engine();
      await operations.wake(id);
      expect(await operations.ended(id, 10_000)).toMatchObject({ status: 'finished' });
      const before = await loadOperation(bed.dataSource.manager, id);
      expect(await bed.folder.filesOf(widgetId)).toHaveLength(1);

      worker.process.signal('SIGCONT');
      await worker.process.stop();
      const after = await loadOperation(bed.dataSource.manager, id);
      expect(after).toEqual({ ...before, dueInMs: after?.dueInMs, stepAgeMs: after?.stepAgeMs });
      expect(await bed.folder.filesOf(widgetId)).toHaveLength(1);
      await bed.stopEngines();
      observer = await bed.idleEngine();
    },
  );
});

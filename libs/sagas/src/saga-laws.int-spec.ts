import { randomUUID } from 'node:crypto';

import { type FaultInjector, InProcessFaults, obeysTheLaws, type SagaWorld } from './testing';
import { type Engine, SagaTestBed } from './testing/saga.test-bed';
import { MakeWidgetSaga, RemoveWidgetSaga, WidgetFolder } from './testing/widget.sagas';
import { WidgetWorker } from './testing/widget.worker-control';

const nowhere = new WidgetFolder('');

describe('obeysTheLaws', () => {
  let bed: SagaTestBed;
  let observer: Engine;
  let widgetId: string;

  beforeAll(async () => {
    bed = await SagaTestBed.create();
    observer = await bed.idleEngine();
  });
  afterAll(() => bed.destroy());

  const status = async () =>
    (await bed.dataSource.query<{ status: string }[]>('SELECT status FROM widget WHERE id = $1', [widgetId]))[0]?.status;
  const cleanUp = async () => {
    await bed.dataSource.query('DELETE FROM widget');
    await Promise.all((await bed.folder.filesOf(widgetId)).map((file) => bed.folder.remove(file)));
  };
  const ended = async (id: string) => {
    const operation = await observer.operations.ended(id, 10_000);
    expect(operation.endedAt).not.toBeNull();
    return operation.status as 'finished' | 'failed';
  };
  const expectWidget = async (expected: { status: string | undefined; files: number }) => {
    expect({ status: await status(), files: (await bed.folder.filesOf(widgetId)).length }).toEqual(expected);
  };

  const makeWorld = (begin: (saga: string) => Promise<string>): Omit<SagaWorld, 'faults' | 'canKill'> => ({
    name: 'make-widget',
    steps: new MakeWidgetSaga(nowhere).steps.map(({ name }) => name),
    withoutUndo: new MakeWidgetSaga(nowhere).steps.filter(({ undo }) => !undo).map(({ name }) => name),
    begin: () => {
      widgetId = randomUUID();
      return begin('make-widget');
    },
    ended,
    verifyFinished: () => expectWidget({ status: 'ok', files: 1 }),
    verifyCleanSlate: () => expectWidget({ status: undefined, files: 0 }),
    cleanUp,
  });

  const removeWorld = (begin: (saga: string) => Promise<string>): Omit<SagaWorld, 'faults' | 'canKill'> => ({
    name: 'remove-widget',
    steps: new RemoveWidgetSaga(nowhere).steps.map(({ name }) => name),
    pointOfNoReturn: 'remove the file',
    withoutUndo: ['find the file'],
    begin: async () => {
      widgetId = randomUUID();
      await bed.dataSource.query(`INSERT INTO widget VALUES ($1, 'ok')`, [widgetId]);
      await bed.folder.make(widgetId);
      return begin('remove-widget');
    },
    ended,
    verifyFinished: () => expectWidget({ status: undefined, files: 0 }),
    verifyCleanSlate: () => expectWidget({ status: 'ok', files: 1 }),
    cleanUp,
  });

  describe('with a runner in a process of its own', () => {
    let worker: WidgetWorker;

    beforeAll(async () => {
      worker = new WidgetWorker(bed);
      await worker.process.start();
    });
    afterAll(() => worker.process.stop());

    const begin = (saga: string) => worker.begin(saga, widgetId);
    const forked = {
      canKill: true,
      get faults(): FaultInjector {
        return worker;
      },
    };
    obeysTheLaws(Object.defineProperties(makeWorld(begin), Object.getOwnPropertyDescriptors(forked)) as SagaWorld);
    obeysTheLaws(Object.defineProperties(removeWorld(begin), Object.getOwnPropertyDescriptors(forked)) as SagaWorld);
  });

  describe('with a runner in this process', () => {
    const faults = new InProcessFaults();
    let own: Engine;

    beforeAll(async () => {
      own = await bed.engine([], { hooks: faults.hooks });
    });

    const begin = async (saga: string) => (await own.operations.start(saga, { widgetId }, { correlationId: 'laws' })).id;
    obeysTheLaws({ ...makeWorld(begin), canKill: false, faults });
    obeysTheLaws({ ...removeWorld(begin), canKill: false, faults });
  });
});

import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';

import { Operation, OperationNotCancellable, OperationNotFound, OperationStep, RetryLater, SagaDefinitionError, SagaStateError } from '.';
import type { Json, Saga, Step } from './saga.types';
import { type Engine, eventually, sagaOf, SagaTestBed } from './testing/saga.test-bed';

const meta = { correlationId: 'request-1' };
const nothing = () => Promise.resolve();

describe('Operations', () => {
  let bed: SagaTestBed;

  beforeAll(async () => {
    bed = await SagaTestBed.create();
  });
  afterEach(() => bed.stopEngines());
  afterAll(() => bed.destroy());

  const stepsOf = (operationId: string) => bed.dataSource.manager.find(OperationStep, { where: { operationId }, order: { number: 'ASC' } });
  const outline = async (operationId: string) => (await stepsOf(operationId)).map(({ name, status }) => `${name}: ${status}`);
  const operationCount = () => bed.dataSource.manager.count(Operation);
  const widgets = (id: string) =>
    bed.dataSource.query<{ status: string; file: string | null }[]>('SELECT status, file FROM widget WHERE id = $1', [id]);

  describe('a saga that goes well', () => {
    it('is run from its first to its last step, and can be read as a job with steps', async () => {
      const { operations } = await bed.engine();
      const widgetId = randomUUID();
      const subjects = [{ type: 'widget', id: widgetId }];
      const started = await operations.start('make-widget', { widgetId }, { ...meta, ownerId: 'somebody', subjects });
      expect(started).toMatchObject({
        status: 'running',
        step: 'make the file',
        description: `Making widget ${widgetId}`,
        ownerId: 'somebody',
      });
      const ended = await operations.ended(started.id, 10_000);
      expect(ended).toMatchObject({ status: 'finished', step: null, error: null, subjects, correlationId: 'request-1' });
      expect(ended.endedAt).toBeInstanceOf(Date);
      expect(await outline(started.id)).toEqual([
        'record the widget as locked: finished',
        'make the file: finished',
        'wait for the file: finished',
        'note the file: finished',
        'check the file: finished',
        'unlock the widget: finished',
      ]);
      expect(await widgets(widgetId)).toEqual([{ status: 'ok', file: ended.state['file'] }]);
      expect(await bed.dataSource.query('SELECT text FROM widget_event WHERE widget_id = $1', [widgetId])).toEqual([{ text: 'finished' }]);
    });

    it('is found by its subjects', async () => {
      const { operations } = await bed.engine();
      const subjects = [
        { type: 'widget', id: randomUUID() },
        { type: 'box', id: randomUUID() },
      ];
      const { id } = await operations.start('make-widget', { widgetId: randomUUID() }, { ...meta, subjects });
      const found = await bed.dataSource.query<{ id: string }[]>('SELECT id FROM operation WHERE subjects @> $1', [
        JSON.stringify([subjects[1]]),
      ]);
      expect(found).toEqual([{ id }]);
    });

    it('ends at once when it has transaction steps only', async () => {
      const saga = sagaOf('at-once', { steps: [{ kind: 'transaction', name: 'count', run: async () => ({ count: 1 }) }] });
      const { operations } = await bed.engine([saga]);
      const started = await operations.start('at-once', {}, meta);
      expect(started).toMatchObject({ status: 'finished', state: { count: 1 } });
      expect(await operations.ended(started.id, 0)).toMatchObject({ status: 'finished' });
    });

    it('reports the progress of a waiting step', async () => {
      const looks: number[] = [];
      const until = async () => ({ progress: looks.push(1) < 3 ? 30.4 * looks.length : 100, looked: looks.length });
      const { operations } = await bed.engine([
        sagaOf('progress', { steps: [{ kind: 'wait', name: 'look', every: '1h', within: '2h', until }] }),
      ]);
      const { id } = await operations.start('progress', {}, meta);
      await eventually(async () => (await stepsOf(id))[0]?.progress === 30);
      await operations.wake(id);
      await eventually(async () => (await stepsOf(id))[0]?.progress === 61);
      await operations.wake(id);
      const ended = await operations.ended(id, 10_000);
      expect(ended.state).toEqual({ looked: 3 });
      expect(await stepsOf(id)).toMatchObject([{ progress: 100, attempts: 1, status: 'finished' }]);
    });
  });

  it('tells why a wait cannot be looked at, as long as that is so', async () => {
    const answers: (() => Promise<boolean>)[] = [
      () => Promise.reject(new RetryLater('The other side is silent', { afterMs: 3_600_000 })),
      async () => false,
      async () => true,
    ];
    const until = () => answers.shift()!();
    const steps: Step<Json>[] = [{ kind: 'wait', name: 'look', every: '1h', within: '2h', until }];
    const { operations } = await bed.engine([sagaOf('silence', { steps })]);
    const { id } = await operations.start('silence', {}, meta);
    await eventually(async () => (await stepsOf(id))[0]?.error === 'The other side is silent');
    await operations.wake(id);
    await eventually(async () => (await stepsOf(id))[0]?.error === '');
    await operations.wake(id);
    expect(await operations.ended(id, 10_000)).toMatchObject({ status: 'finished' });
  });

  describe('start', () => {
    const refuses: Step<Json> = { kind: 'transaction', name: 'refuse', run: () => Promise.reject(new Error('Busy')) };
    const record: Step<Json> = {
      kind: 'transaction',
      name: 'record',
      run: async ({ widgetId }, tx) => void (await tx.query(`INSERT INTO widget VALUES ($1, 'locked')`, [widgetId])),
    };

    it('throws what a leading step throws, and then nothing has happened', async () => {
      const { operations } = await bed.engine([sagaOf('refused', { steps: [record, refuses] })]);
      const before = await operationCount();
      const widgetId = randomUUID();
      await expect(operations.start('refused', { widgetId }, meta)).rejects.toThrow('Busy');
      expect(await operationCount()).toBe(before);
      expect(await widgets(widgetId)).toEqual([]);
    });

    it('takes part in the transaction of its caller, and begins when that commits', async () => {
      const { operations, dataSource } = await bed.engine();
      const widgetId = randomUUID();
      const id = await dataSource.transaction(async (tx) => {
        const operation = await operations.start('make-widget', { widgetId }, meta, tx);
        expect(await widgets(widgetId)).toEqual([]);
        return operation.id;
      });
      expect(await operations.ended(id, 1500)).toMatchObject({ status: 'finished' });
    });

    it('leaves nothing when the transaction of its caller is rolled back', async () => {
      const { operations, dataSource } = await bed.engine();
      const before = await operationCount();
      const failing = dataSource.transaction(async (tx) => {
        await operations.start('make-widget', { widgetId: randomUUID() }, meta, tx);
        throw new Error('Changed my mind');
      });
      await expect(failing).rejects.toThrow('Changed my mind');
      expect(await operationCount()).toBe(before);
    });

    it('waits for the outermost transaction', async () => {
      const { operations, dataSource } = await bed.engine();
      const id = await dataSource.transaction(async (outer) => {
        const operation = await outer.transaction((inner) => operations.start('make-widget', { widgetId: randomUUID() }, meta, inner));
        await outer.query('SELECT 1');
        return operation.id;
      });
      expect(await operations.ended(id, 1500)).toMatchObject({ status: 'finished' });
    });

    it('finds the operation that has the same id already', async () => {
      const { operations } = await bed.engine();
      const id = randomUUID();
      const widgetId = randomUUID();
      await operations.start('make-widget', { widgetId }, { ...meta, id });
      const again = await operations.start('make-widget', { widgetId }, { ...meta, id });
      expect(again.id).toBe(id);
      expect(await operations.ended(id, 10_000)).toMatchObject({ status: 'finished' });
      expect(await bed.folder.filesOf(widgetId)).toHaveLength(1);
    });

    it('refuses a state that the saga does not know, one that is too large, and an unknown saga', async () => {
      const { operations, dataSource } = await bed.engine([sagaOf('anything', { steps: [record] })]);
      await expect(operations.start('make-widget', { widgetId: 7 }, meta)).rejects.toThrow(SagaStateError);
      await expect(operations.start('anything', { text: 'x'.repeat(70_000) }, meta)).rejects.toThrow(/store ids, not objects/);
      await expect(operations.start('no-such-saga', {}, meta)).rejects.toThrow(SagaDefinitionError);
      await expect(operations.start('anything', {}, meta, dataSource.manager)).rejects.toThrow(/in a transaction/);
    });

    it('begins the first outside step at once, not with the next sweep', async () => {
      const begun: number[] = [];
      const first: Step<Json> = { kind: 'call', name: 'first', run: async () => void begun.push(performance.now()) };
      const { operations } = await bed.engine([sagaOf('prompt', { steps: [first] })], { sweepEveryMs: 60_000 });
      const delays: number[] = [];
      for (let round = 0; round < 20; round += 1) {
        const { id } = await operations.start('prompt', {}, meta);
        const startedAt = performance.now();
        await operations.ended(id, 10_000);
        delays.push((begun.at(-1) ?? Infinity) - startedAt);
      }
      const median = delays.sort((one, other) => one - other)[10] ?? Infinity;
      expect(median).toBeLessThan(1_000);
    });
  });

  describe('cancel', () => {
    const waits = (undo = jest.fn(nothing), pointOfNoReturn?: string): Saga<Json> =>
      sagaOf('waits', {
        steps: [
          { kind: 'call', name: 'make', run: nothing, undo },
          { kind: 'wait', name: 'wait', every: '1h', within: '2h', until: async () => false, undo },
        ],
        ...(pointOfNoReturn === undefined ? {} : { pointOfNoReturn }),
      });
    const waiting = async ({ operations }: Engine) => {
      const { id } = await operations.start('waits', {}, meta);
      await eventually(async () => (await operations.ended(id, 0)).step === 'wait');
      return id;
    };

    it('takes a waiting operation back', async () => {
      const undo = jest.fn(nothing);
      const engine = await bed.engine([waits(undo)]);
      const id = await waiting(engine);
      await engine.operations.cancel(id, 'The user has gone home');
      expect(await engine.operations.ended(id, 10_000)).toMatchObject({ status: 'failed', error: 'The user has gone home' });
      expect(await outline(id)).toEqual(['make: aborted', 'wait: aborted']);
      expect(undo).toHaveBeenCalledTimes(2);
    });

    it('takes effect at the next step boundary of a running one', async () => {
      const atWork = new EventEmitter();
      const begun = once(atWork, 'begun');
      const run = async () => {
        atWork.emit('begun');
        await once(atWork, 'go');
      };
      const last = jest.fn(nothing);
      const engine = await bed.engine([
        sagaOf('busy', {
          steps: [
            { kind: 'call', name: 'long', run },
            { kind: 'call', name: 'last', run: last },
          ],
        }),
      ]);
      const { id } = await engine.operations.start('busy', {}, meta);
      await begun;
      await engine.operations.cancel(id, 'Stop');
      await engine.operations.cancel(id, 'Stop again');
      atWork.emit('go');
      expect(await engine.operations.ended(id, 10_000)).toMatchObject({ status: 'failed', error: 'Stop' });
      expect(last).not.toHaveBeenCalled();
    });

    it('is refused after the point of no return, after the end, and for what does not exist', async () => {
      const engine = await bed.engine([waits(undefined, 'wait')]);
      const id = await waiting(engine);
      await expect(engine.operations.cancel(id, 'No')).rejects.toThrow(OperationNotCancellable);
      const made = await engine.operations.start('make-widget', { widgetId: randomUUID() }, meta);
      await engine.operations.ended(made.id, 10_000);
      await expect(engine.operations.cancel(made.id, 'No')).rejects.toThrow(/has ended/);
      await expect(engine.operations.cancel(randomUUID(), 'No')).rejects.toThrow(OperationNotFound);
      await bed.dataSource.query('DELETE FROM operation WHERE id = $1', [id]);
    });
  });

  describe('ended', () => {
    it('gives the operation as it is when the time is over', async () => {
      const steps: Step<Json>[] = [{ kind: 'wait', name: 'wait', every: '1h', within: '2h', until: async () => false }];
      const { operations } = await bed.engine([sagaOf('endless', { steps })]);
      const { id } = await operations.start('endless', {}, meta);
      expect(await operations.ended(id, 50)).toMatchObject({ status: 'running', step: 'wait' });
      await expect(operations.ended(randomUUID(), 50)).rejects.toThrow(OperationNotFound);
      await bed.dataSource.query('DELETE FROM operation WHERE id = $1', [id]);
    });

    it('sees what another engine has ended', async () => {
      const [one, other] = [await bed.engine(), await bed.idleEngine()];
      const { id } = await one.operations.start('make-widget', { widgetId: randomUUID() }, meta);
      expect(await other.operations.ended(id, 10_000)).toMatchObject({ status: 'finished' });
    });
  });
});

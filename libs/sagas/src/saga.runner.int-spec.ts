import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';

import type { Pool } from 'pg';
import { DataSource } from 'typeorm';

import { Operations, RetryLater, SagaDefinitionError, SagaRunner } from '.';
import { LockedSession } from './operation.lock';
import type { CallStep, Json, Saga, StepContext } from './saga.types';
import { eventually, sagaOf, SagaTestBed } from './testing/saga.test-bed';

const meta = { correlationId: 'runner' };
const nothing = () => Promise.resolve();

describe('SagaRunner', () => {
  let bed: SagaTestBed;

  beforeAll(async () => {
    bed = await SagaTestBed.create();
  });
  afterEach(async () => {
    await bed.stopEngines();
    await bed.query('DELETE FROM operation');
  });
  afterAll(() => bed.destroy());

  const poolOf = (dataSource: DataSource) => (dataSource.driver as unknown as { master: Pool }).master;

  describe('start', () => {
    const known = sagaOf('known', { steps: [{ kind: 'call', name: 'go', run: nothing }] });

    it('refuses to start when an unfinished operation names an unknown saga or step', async () => {
      const before = await bed.idleEngine([known]);
      await before.operations.start('known', {}, meta);
      const without = await bed.idleEngine();
      await expect(without.runner.start()).rejects.toThrow(`1 at step 'go' of 'known'`);
      const renamed = await bed.idleEngine([sagaOf('known', { steps: [{ kind: 'call', name: 'walk', run: nothing }] })]);
      await expect(renamed.runner.start()).rejects.toThrow(SagaDefinitionError);
    });

    it('refuses a pool that would leave no connection for others', async () => {
      const { runner } = await bed.idleEngine([], { concurrency: 10, poolSize: 10 });
      await expect(runner.start()).rejects.toThrow('10 operations at once need a pool of more than 10 connections');
    });

    it('goes on with what another runner has left', async () => {
      const before = await bed.idleEngine();
      const { id } = await before.operations.start('make-widget', { widgetId: randomUUID() }, meta);
      const { operations } = await bed.engine([], { sweepEveryMs: 60_000 });
      expect(await operations.ended(id, 10_000)).toMatchObject({ status: 'finished' });
    });
  });

  it('leaves an operation at its step boundary when it stops, for the next runner', async () => {
    const work = new EventEmitter();
    const ran: string[] = [];
    const first: CallStep<Json> = {
      kind: 'call',
      name: 'first',
      run: async () => {
        work.emit('begun');
        await once(work, 'go');
        ran.push('first');
      },
    };
    const saga = sagaOf('long', { steps: [first, { kind: 'call', name: 'second', run: async () => void ran.push('second') }] });
    const one = await bed.engine([saga]);
    const begun = once(work, 'begun');
    const { id } = await one.operations.start('long', {}, meta);
    await begun;
    const stopped = one.runner.stop();
    work.emit('go');
    await stopped;
    expect(ran).toEqual(['first']);
    const other = await bed.engine([saga]);
    expect(await other.operations.ended(id, 10_000)).toMatchObject({ status: 'finished' });
    expect(ran).toEqual(['first', 'second']);
  });

  it('tells a step whether somebody may have begun it before', async () => {
    const told: boolean[] = [];
    const sagaIn = (run: CallStep<Json>['run']) =>
      sagaOf('first', {
        steps: [
          { kind: 'call', name: 'try', run },
          { kind: 'call', name: 'go on', run: async (_state, ctx) => void told.push(ctx.isFirst) },
        ],
      });
    const failing = sagaIn((_state, ctx) => {
      told.push(ctx.isFirst);
      return Promise.reject(new RetryLater('not yet', { afterMs: told.length === 1 ? 0 : 3_600_000 }));
    });
    const one = await bed.engine([failing]);
    const { id } = await one.operations.start('first', {}, meta);
    await eventually(() => told.length === 2);
    await one.runner.stop();
    const other = await bed.engine([sagaIn(async (_state, ctx) => void told.push(ctx.isFirst))]);
    await other.operations.retry(id);
    expect(await other.operations.ended(id, 10_000)).toMatchObject({ status: 'finished' });
    expect(told).toEqual([true, false, false, true]);
  });

  it('says that an operation will finish as soon as it has passed its point of no return', async () => {
    const later = new EventEmitter();
    const saga = sagaOf('settled', {
      pointOfNoReturn: 'tell others',
      steps: [
        { kind: 'call', name: 'act', run: nothing },
        { kind: 'call', name: 'tell others', run: async () => void (await once(later, 'go')) },
      ],
    });
    const { operations } = await bed.engine([saga]);
    const { id } = await operations.start('settled', {}, meta);
    expect(await operations.settled(id, 3_600_000)).toMatchObject({ status: 'finished' });
    expect(await operations.ended(id, 0)).toMatchObject({ status: 'running' });
    later.emit('go');
    expect(await operations.ended(id, 10_000)).toMatchObject({ status: 'finished' });
  });

  it('shares the work with others, and never does any of it twice', async () => {
    const runs = new Map<string, string[]>();
    const sagaIn = (engine: string): Saga<Json> => {
      const run = async (_state: Json, { operationId }: StepContext) => {
        runs.set(operationId, [...(runs.get(operationId) ?? []), engine]);
        await new Promise((resolve) => setTimeout(resolve, 5));
      };
      return sagaOf('counted', {
        steps: [
          { kind: 'call', name: 'count', run },
          { kind: 'call', name: 'once more', run },
        ],
      });
    };
    const engines = await Promise.all(['a', 'b'].map((name) => bed.engine([sagaIn(name)], { sweepEveryMs: 50 })));
    const start = () => engines[0]!.operations.start('counted', {}, meta);
    const started = await Promise.all(Array.from({ length: 100 }, start));
    for (const operation of started) expect(await engines[1]!.operations.ended(operation.id, 20_000)).toMatchObject({ status: 'finished' });
    expect([...runs.values()].map(({ length }) => length)).toEqual(started.map(() => 2));
    expect(new Set([...runs.values()].flat())).toEqual(new Set(['a', 'b']));
  });

  it('works on as many operations at once as it may, and no more', async () => {
    let now = 0;
    let most = 0;
    const full = new EventEmitter();
    const reached = once(full, 'three', { signal: AbortSignal.timeout(10_000) });
    const run = async () => {
      most = Math.max(most, (now += 1));
      if (now === 3) full.emit('three');
      await reached;
      await new Promise((resolve) => setTimeout(resolve, 2));
      now -= 1;
    };
    const { operations } = await bed.engine([sagaOf('bounded', { steps: [{ kind: 'call', name: 'count', run }] })], { concurrency: 3 });
    const started = await Promise.all(Array.from({ length: 40 }, () => operations.start('bounded', {}, meta)));
    for (const { id } of started) expect(await operations.ended(id, 20_000)).toMatchObject({ status: 'finished' });
    expect(most).toBe(3);
  });

  it('does not lose a wake-up that comes during a look', async () => {
    const look = new EventEmitter();
    const answers = [false, true];
    const until = async () => {
      const answer = answers.shift() ?? true;
      look.emit('begun');
      if (!answer) await once(look, 'go');
      return answer;
    };
    const saga = sagaOf('look', { steps: [{ kind: 'wait', name: 'look', every: '1h', within: '2h', until }] });
    const [here, elsewhere] = await Promise.all([bed.engine([saga]), bed.engine([saga], { sweepEveryMs: 60_000 })]);
    for (const { operations } of [here, elsewhere]) {
      answers.splice(0, 2, false, true);
      const begun = once(look, 'begun');
      const { id } = await here.operations.start('look', {}, meta);
      await begun;
      await operations.wake(id);
      look.emit('go');
      expect(await here.operations.ended(id, 10_000)).toMatchObject({ status: 'finished' });
    }
  });

  it('looks at once when a step has handed out its wake-up', async () => {
    let wakeUp: (() => void) | undefined;
    let come = false;
    const until = async (_state: Json, ctx: StepContext) => {
      wakeUp = () => ctx.wakeUp();
      return come;
    };
    const saga = sagaOf('signal', { steps: [{ kind: 'wait', name: 'look', every: '1h', within: '2h', until }] });
    const { operations } = await bed.engine([saga]);
    const { id } = await operations.start('signal', {}, meta);
    await eventually(() => wakeUp !== undefined);
    come = true;
    wakeUp?.();
    expect(await operations.ended(id, 1500)).toMatchObject({ status: 'finished' });
  });

  it('keeps longer pauses in the queue, one job for each operation, with nothing but its id', async () => {
    const saga = sagaOf('pause', { steps: [{ kind: 'wait', name: 'look', every: '2s', within: '2h', until: async ({ n }) => n === 1 }] });
    const { operations } = await bed.engine([saga], { sweepEveryMs: 60_000 });
    const { id } = await operations.start('pause', {}, meta);
    const { Queue } = await import('bullmq');
    const queue = new Queue(bed.queue.name, { prefix: bed.queue.prefix, connection: { url: bed.redisUrl } });
    await eventually(async () => (await queue.getDelayedCount()) === 1);
    expect((await queue.getJob(id))?.data).toEqual({ id });
    await bed.query(`UPDATE operation SET state = '{"n": 1}' WHERE id = $1`, [id]);
    expect(await operations.ended(id, 10_000)).toMatchObject({ status: 'finished' });
    await eventually(async () => (await queue.count()) === 0);
    await queue.close();
  });

  it('holds no connection for 1000 waiting operations', async () => {
    let open = false;
    const saga = sagaOf('crowd', { steps: [{ kind: 'wait', name: 'look', every: '1h', within: '2h', until: async () => open }] });
    const { operations, dataSource } = await bed.engine([saga], { concurrency: 8, poolSize: 12 });
    const started: string[] = [];
    await dataSource.transaction(async (tx) => {
      for (let n = 0; n < 1000; n += 1) started.push((await operations.start('crowd', {}, meta, tx)).id);
    });
    await eventually(async () => (await waitingLater()) === 1000, 30_000);
    await eventually(() => poolOf(dataSource).idleCount === poolOf(dataSource).totalCount);
    expect(poolOf(dataSource).totalCount).toBeLessThanOrEqual(12);
    expect(
      await bed.query(
        `SELECT 1 FROM pg_locks JOIN pg_database d ON d.oid = database WHERE locktype = 'advisory' AND datname = current_database()`,
      ),
    ).toEqual([]);
    open = true;
    await Promise.all(started.map((id) => operations.wake(id)));
    const ended = await Promise.all(started.map((id) => operations.ended(id, 30_000)));
    expect(ended.every(({ status }) => status === 'finished')).toBe(true);

    async function waitingLater() {
      const [row] = await bed.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM operation WHERE wake_at > now() + interval '1 minute'`,
      );
      return row?.count ?? 0;
    }
  });

  it('begins a call again, and tells it to stop, when its database session is cut', async () => {
    const call = new EventEmitter();
    const signals: AbortSignal[] = [];
    const run = async (_state: Json, { signal }: StepContext) => {
      signals.push(signal);
      call.emit('begun');
      if (signals.length === 1) await once(signal, 'abort');
    };
    const { operations } = await bed.engine([sagaOf('cut', { steps: [{ kind: 'call', name: 'call', run }] })], { sweepEveryMs: 100 });
    const begun = once(call, 'begun');
    const { id } = await operations.start('cut', {}, meta);
    await begun;
    await bed.cutSessionOf(id);
    expect(await operations.ended(id, 10_000)).toMatchObject({ status: 'finished', error: null });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  });

  it('commits nothing of a transaction step whose session is cut', async () => {
    const step = new EventEmitter();
    const widgetId = randomUUID();
    let runs = 0;
    const saga = sagaOf('cut-transaction', {
      steps: [
        { kind: 'call', name: 'go', run: nothing },
        {
          kind: 'transaction',
          name: 'record',
          run: async (_state, tx) => {
            await tx.query(`INSERT INTO widget VALUES ($1, 'ok')`, [widgetId]);
            runs += 1;
            step.emit('written');
            if (runs === 1) await once(step, 'go');
          },
        },
      ],
    });
    const { operations } = await bed.engine([saga], { sweepEveryMs: 100 });
    const written = once(step, 'written');
    const { id } = await operations.start('cut-transaction', {}, meta);
    await written;
    await bed.cutSessionOf(id);
    step.emit('go');
    expect(await operations.ended(id, 10_000)).toMatchObject({ status: 'finished' });
    expect({ runs, widgets: await bed.query('SELECT status FROM widget WHERE id = $1', [widgetId]) }).toEqual({
      runs: 2,
      widgets: [{ status: 'ok' }],
    });
  });

  it('says once that an operation cannot be run here, and leaves it to others', async () => {
    const problems: object[] = [];
    const logger = { info: nothing, warn: nothing, error: (fields: object) => void problems.push(fields) };
    const { runner } = await bed.engine([], { logger });
    const newer = await bed.idleEngine([sagaOf('newer', { steps: [{ kind: 'call', name: 'go', run: nothing }] })]);
    const { id } = await newer.operations.start('newer', {}, meta);
    await runner.requestLook(id);
    await eventually(() => problems.length > 0);
    await runner.sweepOnce();
    await runner.stop();
    expect(problems).toEqual([{ problem: `No step 'go' of a saga 'newer' is known here` }]);
  });

  it('lets the database notice within half a minute that a machine is gone', async () => {
    const session = await LockedSession.open(bed.dataSource, randomUUID());
    const setting = (name: string) => `current_setting('tcp_${name}')`;
    const names = ['keepalives_idle', 'keepalives_interval', 'keepalives_count', 'user_timeout'];
    const rows = await session?.query(`SELECT concat_ws(' ', ${names.map(setting).join()}) AS settings`);
    await session?.destroy();
    expect(rows).toEqual([{ settings: '10 5 3 25000' }]);
  });

  describe('register', () => {
    const go: CallStep<Json> = { kind: 'call', name: 'go', run: nothing };
    const runner = () => new SagaRunner({ dataSource: bed.dataSource, redisUrl: bed.redisUrl });

    it.each([
      ['no steps', sagaOf('empty', { steps: [] }), 'has no steps'],
      ['two steps of one name', sagaOf('twice', { steps: [go, go] }), 'two steps of one name'],
      ['a point of no return that is no step', sagaOf('lost', { steps: [go], pointOfNoReturn: 'went' }), `no step 'went'`],
      ['a name that is no name', sagaOf('Create Disk', { steps: [go] }), 'needs a name'],
      ['a step without a name', sagaOf('nameless', { steps: [{ ...go, name: '' }] }), 'without a name'],
      ['a duration that is none', sagaOf('whenever', { steps: [{ ...go, within: '-1s' }] }), 'is not a duration'],
    ])('refuses a saga with %s', (_what, saga, problem) => {
      expect(() => runner().register(saga)).toThrow(problem);
    });

    it('does not help Operations whose data source is not initialized', () => {
      const dataSource = new DataSource({ type: 'postgres' });
      expect(() => new Operations(new SagaRunner({ dataSource, redisUrl: bed.redisUrl }))).toThrow(/initialized/);
    });

    it('refuses two sagas of one name', () => {
      const both = runner();
      both.register(sagaOf('same', { steps: [go] }));
      expect(() => both.register(sagaOf('same', { steps: [go] }))).toThrow(`Two sagas are called 'same'`);
    });
  });
});

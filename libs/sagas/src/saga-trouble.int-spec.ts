import { randomUUID } from 'node:crypto';

import type { EntityManager } from 'typeorm';

import { OperationStep, RetryLater } from '.';
import type { Json, OperationMeta, Saga, SagaOutcome, Step } from './saga.types';
import { eventually, sagaOf, SagaTestBed } from './testing/saga.test-bed';

const meta = { correlationId: 'request-1' };
const nothing = () => Promise.resolve();

describe('A saga in trouble', () => {
  let bed: SagaTestBed;

  beforeAll(async () => {
    bed = await SagaTestBed.create();
  });
  afterEach(() => bed.stopEngines());
  afterAll(() => bed.destroy());

  const stepsOf = (operationId: string) => bed.dataSource.manager.find(OperationStep, { where: { operationId }, order: { number: 'ASC' } });
  const outline = async (operationId: string) => (await stepsOf(operationId)).map(({ name, status }) => `${name}: ${status}`);
  const widgets = (id: string) =>
    bed.dataSource.query<{ status: string; file: string | null }[]>('SELECT status, file FROM widget WHERE id = $1', [id]);

  describe('a step that fails', () => {
    const trail = (log: string[], steps: Step<Json>[]): Step<Json>[] =>
      steps.map((step) => ({ ...step, undo: async () => void log.push(step.name) }));

    it('is undone first, and then all before it in reverse', async () => {
      const undone: string[] = [];
      const outcomes: SagaOutcome[] = [];
      const failure = new Error(`Too\0 bad ${'!'.repeat(3000)}`);
      const steps = trail(undone, [
        { kind: 'transaction', name: 'one', run: nothing },
        { kind: 'call', name: 'two', run: nothing },
        { kind: 'transaction', name: 'three', run: nothing },
        { kind: 'call', name: 'four', run: () => Promise.reject(failure) },
        { kind: 'call', name: 'five', run: nothing },
      ]);
      const ended = async (_state: Json, outcome: SagaOutcome) => void outcomes.push(outcome);
      const { operations } = await bed.engine([sagaOf('fails', { steps, ended })]);
      const { id } = await operations.start('fails', {}, meta);
      const operation = await operations.ended(id, 10_000);
      expect(operation.status).toBe('failed');
      expect(operation.error).toHaveLength(2000);
      expect(operation.error).toMatch(/^Too bad !!!/);
      expect(undone).toEqual(['four', 'three', 'two', 'one']);
      expect(await outline(id)).toEqual(['one: aborted', 'two: aborted', 'three: aborted', 'four: failed']);
      expect(outcomes).toEqual([{ status: 'failed', reason: operation.error, error: failure }]);
    });

    it('fails a transaction together with its own changes', async () => {
      const widgetId = randomUUID();
      const run = async (_state: Json, tx: EntityManager) => {
        await tx.query(`INSERT INTO widget VALUES ($1, 'locked')`, [widgetId]);
        throw new Error('No');
      };
      const { operations } = await bed.engine([
        sagaOf('half', {
          steps: [
            { kind: 'call', name: 'go', run: nothing },
            { kind: 'transaction', name: 'half', run },
          ],
        }),
      ]);
      const { id } = await operations.start('half', {}, meta);
      expect(await operations.ended(id, 10_000)).toMatchObject({ status: 'failed', error: 'No' });
      expect(await widgets(widgetId)).toEqual([]);
    });

    it('fails when it answers with a state that the saga does not know', async () => {
      const { operations } = await bed.engine();
      const spoilt = jest.spyOn(bed.folder, 'make').mockResolvedValueOnce(7 as unknown as string);
      const { id } = await operations.start('make-widget', { widgetId: randomUUID() }, meta);
      expect(await operations.ended(id, 10_000)).toMatchObject({ status: 'failed', error: expect.stringContaining('state') as string });
      spoilt.mockRestore();
    });

    it('is tried again after RetryLater, and after a lost database session elsewhere', async () => {
      const answers = [
        new RetryLater('Busy'),
        Object.assign(new Error('terminating connection'), { code: '57P01' }),
        new RetryLater('Busy', { afterMs: 1 }),
      ];
      const run = async () => {
        const answer = answers.shift();
        if (answer) throw answer;
      };
      const { operations } = await bed.engine([sagaOf('later', { steps: [{ kind: 'call', name: 'busy', run }] })]);
      const { id } = await operations.start('later', {}, meta);
      expect(await operations.ended(id, 10_000)).toMatchObject({ status: 'finished', error: null });
      expect(await stepsOf(id)).toMatchObject([{ status: 'finished', attempts: 4, error: 'Busy' }]);
    });

    it('fails when RetryLater has been said until its deadline', async () => {
      const run = () => Promise.reject(new RetryLater('Still busy'));
      const { operations } = await bed.engine([sagaOf('too-late', { steps: [{ kind: 'call', name: 'busy', within: '150ms', run }] })]);
      const { id, startedAt } = await operations.start('too-late', {}, meta);
      const ended = await operations.ended(id, 10_000);
      expect(ended).toMatchObject({ status: 'failed', error: 'Still busy' });
      expect(Number(ended.endedAt) - Number(startedAt)).toBeGreaterThanOrEqual(149);
    });

    it('fails when what it waits for does not come about in time', async () => {
      const steps: Step<Json>[] = [{ kind: 'wait', name: 'never', every: '1h', within: '100ms', until: async () => false }];
      const { operations } = await bed.engine([sagaOf('never', { steps })]);
      const { id } = await operations.start('never', {}, meta);
      expect(await operations.ended(id, 10_000)).toMatchObject({ status: 'failed', error: `'never' has not come about within 100ms` });
    });

    it('is aborted at its deadline, and left alone if it hangs nevertheless', async () => {
      let aborted = false;
      const run: (Step<Json> & { kind: 'call' })['run'] = (_state, { signal }) => {
        signal.addEventListener('abort', () => (aborted = true));
        return new Promise(() => undefined);
      };
      const { operations } = await bed.engine([sagaOf('hangs', { steps: [{ kind: 'call', name: 'hang', within: '50ms', run }] })]);
      const { id } = await operations.start('hangs', {}, meta);
      expect(await operations.ended(id, 10_000)).toMatchObject({
        status: 'failed',
        error: expect.stringMatching(/No answer within/) as string,
      });
      expect(aborted).toBe(true);
    });

    it('is tried again when only the end could not be recorded', async () => {
      let endings = 0;
      const ended = async () => {
        endings += 1;
        if (endings < 3) throw new Error('No room for the event');
      };
      const { operations } = await bed.engine([sagaOf('ending', { steps: [{ kind: 'call', name: 'go', run: nothing }], ended })]);
      const { id } = await operations.start('ending', {}, meta);
      expect(await operations.ended(id, 10_000)).toMatchObject({ status: 'finished' });
      expect(endings).toBe(3);
    });
  });

  describe('an undo that fails', () => {
    /** Fails for as long as `broken`, and notes each `stuck`. */
    class BrokenUndo {
      broken = true;
      tries = 0;
      readonly stuck: { reason: string; meta: OperationMeta }[] = [];
      readonly saga: Saga<Json> = sagaOf('broken-undo', {
        steps: [{ kind: 'call', name: 'make', run: () => Promise.reject(new Error('First reason')), undo: () => this.undo() }],
        stuck: async (_state, reason, _tx, about) => void this.stuck.push({ reason, meta: about }),
      });

      private async undo(): Promise<void> {
        this.tries += 1;
        if (this.broken) throw new Error(`Cannot undo ${this.tries}`);
      }
    }

    it('is tried again until it is called stuck once, and ends when it can', async () => {
      const undo = new BrokenUndo();
      const { operations } = await bed.engine([undo.saga]);
      const { id } = await operations.start('broken-undo', {}, { ...meta, subjects: [{ type: 'box', id: 'b' }] });
      await eventually(() => undo.stuck.length > 0);
      const row = await operations.ended(id, 0);
      expect(row).toMatchObject({ status: 'undoing', stuck: true, errors: 5, error: 'First reason' });
      expect(Number(row.wakeAt) - Date.now()).toBeGreaterThan(50_000);
      expect(await stepsOf(id)).toMatchObject([{ status: 'failed', error: 'Cannot undo 5' }]);

      await operations.retry(id);
      await eventually(async () => undo.tries === 6 && (await operations.ended(id, 0)).errors === 6);
      undo.broken = false;
      await operations.retry(id);
      expect(await operations.ended(id, 10_000)).toMatchObject({ status: 'failed', stuck: false, error: 'First reason' });
      expect(undo.stuck).toMatchObject([{ reason: 'Cannot undo 5', meta: { saga: 'broken-undo', subjects: [{ type: 'box', id: 'b' }] } }]);
    });

    it('does not count RetryLater', async () => {
      let tries = 0;
      const undo = () => (++tries < 12 ? Promise.reject(new RetryLater('Still going away', { afterMs: 1 })) : nothing());
      const stuck = jest.fn(nothing);
      const { operations } = await bed.engine([
        sagaOf('slow-undo', { steps: [{ kind: 'call', name: 'make', run: () => Promise.reject(new Error('No')), undo }], stuck }),
      ]);
      const { id } = await operations.start('slow-undo', {}, meta);
      expect(await operations.ended(id, 10_000)).toMatchObject({ status: 'failed' });
      expect(tries).toBe(12);
      expect(stuck).not.toHaveBeenCalled();
    });

    it('is called stuck although the state in the row cannot be read any more', async () => {
      const { operations } = await bed.engine();
      const { operations: other } = await bed.idleEngine();
      const { id } = await other.start('make-widget', { widgetId: randomUUID() }, meta);
      await bed.dataSource.query(`UPDATE operation SET state = '{"widgetId": 5}' WHERE id = $1`, [id]);
      await operations.wake(id);
      await eventually(async () => (await operations.ended(id, 0)).stuck);
      await bed.dataSource.query('DELETE FROM operation WHERE id = $1', [id]);
    });
  });

  describe('after the point of no return', () => {
    it('an error is retried until it has passed, and never undone', async () => {
      let tries = 0;
      const stuck = jest.fn(nothing);
      const undo = jest.fn(nothing);
      const run = () => (++tries < 7 ? Promise.reject(new Error('Not yet')) : nothing());
      const steps: Step<Json>[] = [
        { kind: 'call', name: 'before', run: nothing, undo },
        { kind: 'call', name: 'after', run, undo },
      ];
      const retry = { firstMs: 1, maxMs: 5, stuckEveryMs: 20 };
      const { operations } = await bed.engine([sagaOf('only-forward', { steps, stuck, pointOfNoReturn: 'after' })], { retry });
      const { id } = await operations.start('only-forward', {}, meta);
      expect(await operations.ended(id, 10_000)).toMatchObject({ status: 'finished', stuck: false, error: null });
      expect(stuck).toHaveBeenCalledTimes(1);
      expect(undo).not.toHaveBeenCalled();
      expect((await stepsOf(id))[1]).toMatchObject({ attempts: 7, error: 'Not yet' });
    });

    it('a wait goes on after its deadline', async () => {
      let looks = 0;
      const until = async () => ++looks > 4;
      const steps: Step<Json>[] = [{ kind: 'wait', name: 'look', every: '10ms', within: '25ms', until }];
      const { operations } = await bed.engine([sagaOf('late-look', { steps, pointOfNoReturn: 'look' })]);
      const { id } = await operations.start('late-look', {}, meta);
      expect(await operations.ended(id, 10_000)).toMatchObject({ status: 'finished' });
    });
  });
});

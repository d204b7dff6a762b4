import { randomUUID } from 'node:crypto';

import { OperationStep } from './operation-step.entity';
import {
  checkpoint,
  forgetEnded,
  insertOperation,
  loadOperation,
  type OperationRow,
  overdueOperations,
  requestCancel,
  requestLook,
} from './operation.store';
import { OperationLost } from './saga-errors';
import { SagaTestBed } from './testing/saga.test-bed';

describe('checkpoint', () => {
  let bed: SagaTestBed;

  beforeAll(async () => {
    bed = await SagaTestBed.create();
  });
  afterAll(() => bed.destroy());

  const sql = () => bed.dataSource.manager;
  const insert = async (): Promise<OperationRow> => {
    const id = randomUUID();
    const rest = { saga: 's', description: 'd', state: { n: 1 }, step: 'one', correlationId: 'c', ownerId: null, subjects: [] };
    await insertOperation(sql(), { id, ...rest });
    return (await loadOperation(sql(), id)) as OperationRow;
  };
  const note = { number: 0, name: 'one', status: 'started' as const, attempts: 1 };

  it('changes nothing when somebody else has moved the operation on', async () => {
    const stale = await insert();
    const moved = await checkpoint(sql(), stale, { state: { n: 2 }, steps: [note] });
    await expect(checkpoint(sql(), stale, { state: { n: 3 }, steps: [{ ...note, status: 'failed', error: 'late' }] })).rejects.toThrow(
      OperationLost,
    );
    expect(await loadOperation(sql(), stale.meta.id)).toMatchObject({ state: { n: 2 }, version: moved.version });
    expect(await sql().findBy(OperationStep, { operationId: stale.meta.id })).toMatchObject([{ status: 'started', error: null }]);
  });

  it('changes nothing after the end', async () => {
    const ended = await checkpoint(sql(), await insert(), { status: 'finished', step: null, steps: [] });
    await expect(checkpoint(sql(), ended, { status: 'running', step: 'one', steps: [] })).rejects.toThrow(OperationLost);
    expect(await requestLook(sql(), ended.meta.id)).toBe(false);
    expect(await requestCancel(sql(), ended.meta.id, 'no')).toBe(false);
  });

  it('returns the row as it can be read afterwards', async () => {
    const change = { state: { n: 5 }, step: 'two', attempt: 2, errors: 1, stuck: true, error: 'bad', lookInMs: 60_000, steps: [note] };
    const row = await checkpoint(sql(), await insert(), change);
    const read = (await loadOperation(sql(), row.meta.id)) as OperationRow;
    expect({ ...row, dueInMs: 0, stepAgeMs: 0 }).toEqual({ ...read, dueInMs: 0, stepAgeMs: 0 });
    expect(read.dueInMs).toBeGreaterThan(50_000);
    expect(read.stepAgeMs).toBeLessThan(10_000);
  });

  it('looks at once when a wake-up has come that it has not seen', async () => {
    const row = await insert();
    await requestLook(sql(), row.meta.id);
    const pushed = await checkpoint(sql(), row, { lookInMs: 60_000, steps: [] });
    expect(pushed.dueInMs).toBeLessThanOrEqual(0);
    expect(await overdueOperations(sql(), 1000)).toContain(row.meta.id);
    const paused = await checkpoint(sql(), pushed, { lookInMs: 60_000, steps: [] });
    expect(paused.dueInMs).toBeGreaterThan(50_000);
    expect(await overdueOperations(sql(), 1000)).not.toContain(row.meta.id);
  });

  it('keeps the age of the step until it goes to another', async () => {
    const row = await insert();
    await bed.query(`UPDATE operation SET step_started_at = step_started_at - interval '1 minute' WHERE id = $1`, [row.meta.id]);
    const same = await checkpoint(sql(), row, { attempt: 1, steps: [] });
    expect(same.stepAgeMs).toBeGreaterThan(50_000);
    expect((await checkpoint(sql(), same, { status: 'undoing', steps: [] })).stepAgeMs).toBeLessThan(10_000);
  });

  it('forgets what ended long ago, in portions, with its steps, and nothing else', async () => {
    const end = async (status: 'finished' | 'failed', daysAgo: number) => {
      const row = await checkpoint(sql(), await insert(), { status, step: null, steps: [{ ...note, status: 'finished' }] });
      await bed.query(`UPDATE operation SET ended_at = now() - $2 * interval '1 day' WHERE id = $1`, [row.meta.id, daysAgo]);
      return row.meta.id;
    };
    await bed.query('DELETE FROM operation');
    const [oldest, older] = [await end('finished', 50), await end('finished', 40)];
    const kept = [await end('finished', 20), await end('failed', 40), (await insert()).meta.id];
    const old = { status: 'finished' as const, endedMsAgo: 30 * 86_400_000, limit: 1 };
    expect(await forgetEnded(sql(), old)).toBe(1);
    expect(await loadOperation(sql(), oldest)).toBeUndefined();
    expect(await sql().countBy(OperationStep, { operationId: oldest })).toBe(0);
    expect(await loadOperation(sql(), older)).toBeDefined();
    expect([await forgetEnded(sql(), old), await forgetEnded(sql(), old)]).toEqual([1, 0]);
    for (const id of kept) expect(await loadOperation(sql(), id)).toBeDefined();
  });
});

import { RunningEngine } from '../testing/running-engine';
import { RetentionReconciler } from './retention.reconciler';

/** Rows of these ages in days; more than one portion of the oldest. */
const EVENTS = `
  INSERT INTO event (code, severity, time, description)
  SELECT 1, severity, now() - age * interval '1 day', severity || ' of ' || age
  FROM (VALUES ('normal', 29), ('normal', 31), ('error', 31), ('alert', 89), ('warning', 91)) AS kind (severity, age),
    generate_series(1, CASE WHEN age = 31 AND severity = 'normal' THEN 1100 ELSE 1 END)`;

const OPERATIONS = `
  INSERT INTO operation (id, saga, description, status, state, correlation_id, ended_at)
  SELECT gen_random_uuid(), 'spec', status || ' of ' || age, status, '{}', 'c', now() - age * interval '1 day'
  FROM (VALUES ('finished', 29), ('finished', 31), ('failed', 31), ('failed', 91)) AS kind (status, age)`;

describe('what has been', () => {
  let engine: RunningEngine;

  beforeAll(async () => {
    engine = await RunningEngine.start([]);
  });
  afterAll(() => engine?.close());

  it('is forgotten after a month, what was bad after three', async () => {
    await engine.db.query('DELETE FROM event');
    await engine.db.query(EVENTS);
    await engine.db.query(OPERATIONS);
    await engine.get(RetentionReconciler).look();
    const texts = async (table: string) =>
      (await engine.db.query<{ description: string }[]>(`SELECT description FROM ${table} ORDER BY 1`)).map(
        ({ description }) => description,
      );
    expect(await texts('event')).toEqual(['alert of 89', 'error of 31', 'normal of 29']);
    expect(await texts('operation')).toEqual(['failed of 31', 'finished of 29']);
  });
});

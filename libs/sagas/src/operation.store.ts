import type { OperationStatus } from './operation.entity';
import type { OperationStepStatus } from './operation-step.entity';
import { OperationLost } from './saga-errors';
import type { Json, OperationMeta, OperationSubject } from './saga.types';

/** What runs SQL: an entity manager, or the session that holds an operation's lock. */
export interface Sql {
  query(sql: string, parameters?: unknown[]): Promise<unknown>;
}

/** An unfinished or ended operation as its runner sees it. Times are measured on the database's clock. */
export interface OperationRow {
  readonly meta: OperationMeta;
  readonly status: OperationStatus;
  readonly state: Json;
  readonly step: string | null;
  readonly attempt: number;
  readonly errors: number;
  readonly stuck: boolean;
  readonly error: string | null;
  readonly cancelReason: string | null;
  readonly version: number;
  readonly wakes: number;
  /** How often a runner has taken it up. */
  readonly runs: number;
  /** Milliseconds until it wants to be looked at; negative when that time has passed. */
  readonly dueInMs: number;
  /** Milliseconds since the current step began. */
  readonly stepAgeMs: number;
}

/** What a checkpoint says about one step. `attempts` 0 and undefined `error` or `progress` leave the stored ones as they are. */
export interface StepChange {
  number: number;
  name: string;
  status: OperationStepStatus;
  attempts: number;
  error?: string | undefined;
  progress?: number | undefined;
}

/** What changes with a checkpoint; all that is not named stays. */
export interface Checkpoint {
  status?: OperationStatus;
  state?: Json;
  step?: string | null;
  attempt?: number;
  errors?: number;
  stuck?: boolean;
  error?: string;
  /** Milliseconds until the next look; ignored when a wake-up has come since the row was read. Now, unless given. */
  lookInMs?: number;
  steps: StepChange[];
}

/** What a new operation is made of. */
export interface NewOperation {
  id: string;
  saga: string;
  description: string;
  state: Json;
  step: string;
  correlationId: string;
  ownerId: string | null;
  subjects: OperationSubject[];
}

const unfinished = `status IN ('running', 'undoing')`;
const millisecondsUntil = (time: string) => `(EXTRACT(EPOCH FROM ${time} - clock_timestamp()) * 1000)::float8`;

const columns = `
  json_build_object('id', id, 'saga', saga, 'correlationId', correlation_id, 'ownerId', owner_id, 'subjects', subjects) AS meta,
  status, state, step, attempt, errors, stuck, error, cancel_reason AS "cancelReason", version, wakes, runs,
  ${millisecondsUntil('wake_at')} AS "dueInMs", -${millisecondsUntil('step_started_at')} AS "stepAgeMs"`;

/** Inserts the operation. False when there is one of that id already. */
export async function insertOperation(sql: Sql, operation: NewOperation): Promise<boolean> {
  const { id, saga, description, state, step, correlationId, ownerId, subjects } = operation;
  const rows = (await sql.query(
    `INSERT INTO operation (id, saga, description, status, state, step, correlation_id, owner_id, subjects)
     VALUES ($1, $2, $3, 'running', $4, $5, $6, $7, $8) ON CONFLICT (id) DO NOTHING RETURNING id`,
    [id, saga, description, JSON.stringify(state), step, correlationId, ownerId, JSON.stringify(subjects)],
  )) as unknown[];
  return rows.length === 1;
}

/** Reads the operation; undefined if there is none (the transaction that wanted to start it was rolled back). */
export async function loadOperation(sql: Sql, id: string): Promise<OperationRow | undefined> {
  const rows = (await sql.query(`SELECT ${columns} FROM operation WHERE id = $1`, [id])) as OperationRow[];
  return rows[0];
}

/** Reads the operation for a run of it, and counts the run before anything is done in it. Undefined if there is none or it has ended. */
export async function takeOperation(sql: Sql, id: string): Promise<OperationRow | undefined> {
  const taken = `UPDATE operation SET runs = runs + 1 WHERE id = $1 AND ${unfinished} RETURNING ${columns}`;
  const [rows] = (await sql.query(taken, [id])) as [OperationRow[], number];
  return rows[0];
}

const checkpointSql = `
WITH moved AS (
  UPDATE operation SET
    status = $3, state = $4, step = $5, attempt = $6, errors = $7, stuck = $8, error = $9, version = version + 1,
    wake_at = clock_timestamp() + CASE WHEN wakes = $10 THEN $11::float8 ELSE 0 END * interval '1 millisecond',
    step_started_at = CASE WHEN status = $3 AND step = $5 THEN step_started_at ELSE clock_timestamp() END,
    ended_at = CASE WHEN $3 IN ('finished', 'failed') THEN clock_timestamp() END
  WHERE id = $1 AND version = $2 AND ${unfinished}
  RETURNING id, wakes, cancel_reason, wake_at, step_started_at
), noted AS (
  INSERT INTO operation_step AS old (operation_id, number, name, status, attempts, error, progress, started_at, ended_at)
  SELECT moved.id, new.number, new.name, new.status, new.attempts, new.error, new.progress, clock_timestamp(),
    CASE WHEN new.status <> 'started' THEN clock_timestamp() END
  FROM moved, jsonb_to_recordset($12) AS new (number int, name text, status text, attempts int, error text, progress int)
  ON CONFLICT (operation_id, number) DO UPDATE SET
    status = CASE WHEN old.status = 'failed' THEN 'failed' ELSE excluded.status END,
    attempts = CASE WHEN excluded.attempts = 0 THEN old.attempts ELSE excluded.attempts END,
    error = COALESCE(excluded.error, old.error),
    progress = COALESCE(excluded.progress, old.progress),
    ended_at = excluded.ended_at
)
SELECT wakes, cancel_reason AS "cancelReason",
  ${millisecondsUntil('wake_at')} AS "dueInMs", -${millisecondsUntil('step_started_at')} AS "stepAgeMs"
FROM moved`;

/**
 * Moves the operation on, and its steps with it, in one statement. Returns the row as it is now.
 * Throws `OperationLost` if somebody else has moved it since `row` was read: then nothing is changed.
 */
export async function checkpoint(sql: Sql, row: OperationRow, change: Checkpoint): Promise<OperationRow> {
  const { steps, lookInMs = 0, ...changed } = change;
  const next = { ...row, ...changed, version: row.version + 1 };
  const [moved] = (await sql.query(checkpointSql, [
    ...[row.meta.id, row.version, next.status, JSON.stringify(next.state), next.step, next.attempt, next.errors, next.stuck],
    ...[next.error, row.wakes, lookInMs, JSON.stringify(steps)],
  ])) as Pick<OperationRow, 'wakes' | 'cancelReason' | 'dueInMs' | 'stepAgeMs'>[];
  if (!moved) throw new OperationLost(`Operation ${row.meta.id} has been moved on by somebody else`);
  return { ...next, ...moved };
}

/** Asks for a look as soon as possible. False if the operation has ended or never was. */
export async function requestLook(sql: Sql, id: string): Promise<boolean> {
  return update(sql, `wakes = wakes + 1, wake_at = clock_timestamp()`, unfinished, [id]);
}

/** As `requestLook`, and the backoff starts from its beginning. */
export async function requestRetry(sql: Sql, id: string): Promise<boolean> {
  return update(sql, `wakes = wakes + 1, wake_at = clock_timestamp(), attempt = 0`, unfinished, [id]);
}

/** Asks for the undo of a running operation; a second request changes nothing. False if it does not run. */
export async function requestCancel(sql: Sql, id: string, reason: string): Promise<boolean> {
  const changes = `wakes = wakes + 1, wake_at = clock_timestamp(), cancel_reason = COALESCE(cancel_reason, $2)`;
  return update(sql, changes, `status = 'running'`, [id, reason]);
}

async function update(sql: Sql, changes: string, condition: string, parameters: unknown[]): Promise<boolean> {
  const [, affected] = (await sql.query(`UPDATE operation SET ${changes} WHERE id = $1 AND ${condition}`, parameters)) as [unknown, number];
  return affected === 1;
}

/** Ids of the operations that want to be looked at, the longest overdue first. */
export async function overdueOperations(sql: Sql, limit: number): Promise<string[]> {
  const rows = (await sql.query(`SELECT id FROM operation WHERE ${unfinished} AND wake_at <= clock_timestamp() ORDER BY wake_at LIMIT $1`, [
    limit,
  ])) as { id: string }[];
  return rows.map(({ id }) => id);
}

/** Which of these operations have ended, or do not exist. */
export async function endedOperations(sql: Sql, ids: string[]): Promise<string[]> {
  const rows = (await sql.query(
    `SELECT wanted.id FROM unnest($1::uuid[]) AS wanted (id)
     WHERE NOT EXISTS (SELECT FROM operation WHERE operation.id = wanted.id AND ${unfinished})`,
    [ids],
  )) as { id: string }[];
  return rows.map(({ id }) => id);
}

/** Which ended operations may be forgotten. */
export interface OldOperations {
  readonly status: 'finished' | 'failed';
  /** How long ago (ms) they ended at least. */
  readonly endedMsAgo: number;
  /** How many at most. */
  readonly limit: number;
}

/** Deletes ended operations and their steps, the oldest first. Returns how many. */
export async function forgetEnded(sql: Sql, { status, endedMsAgo, limit }: OldOperations): Promise<number> {
  const [rows] = (await sql.query(
    `DELETE FROM operation WHERE id IN (
       SELECT id FROM operation WHERE status = $1 AND ended_at < clock_timestamp() - $2::float8 * interval '1 millisecond'
       ORDER BY ended_at LIMIT $3 FOR UPDATE SKIP LOCKED) RETURNING id`,
    [status, endedMsAgo, limit],
  )) as [unknown[], number];
  return rows.length;
}

/** The sagas and steps that unfinished operations name, with how many name them. */
export async function unfinishedSteps(sql: Sql): Promise<{ saga: string; step: string; count: number }[]> {
  const rows = await sql.query(`SELECT saga, step, count(*)::int AS count FROM operation WHERE ${unfinished} GROUP BY saga, step`);
  return rows as { saga: string; step: string; count: number }[];
}

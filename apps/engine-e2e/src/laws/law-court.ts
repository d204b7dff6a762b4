import type { FaultInjector } from '@clinker/sagas/testing';
import { randomUUID } from 'node:crypto';
import type { ApiAnswer } from '../api.client';
import { Audit } from '../audit';
import { EngineFork } from '../engine-fork';
import { Installation } from '../installation';
import { until } from '../lab';

/** How long (ms) an operation may take to end: every attempt that a fault costs is repeated within seconds. */
const ENDS_WITHIN_MS = 60_000;

/** Longer than any trial: several operations, and a start of the engine. */
export const TRIAL_MS = 120_000;

type Send = (headers: Record<string, string>) => Promise<ApiAnswer>;

/** Where sagas are tried: an engine that can be killed, a user of it, and an audit. */
export class LawCourt {
  readonly fork = new EngineFork();
  readonly user = new Installation();
  private opened: Audit | undefined;

  get faults(): FaultInjector {
    return this.fork;
  }

  get audit(): Audit {
    if (!this.opened) throw new Error('The court is not open');
    return this.opened;
  }

  async open(): Promise<void> {
    this.opened = await Audit.open();
    await this.fork.takeOver();
    await this.user.ensureStorage();
  }

  async close(): Promise<void> {
    try {
      await this.user.cleanUp();
    } finally {
      await this.fork.giveBack();
      await Promise.all([this.opened?.close(), this.user.api.close()]);
    }
  }

  /**
   * Sends a request that starts the saga, and finds its operation by the correlation id: the engine may be killed before it answers.
   * @throws Error if there is no such operation
   */
  async begin(saga: string, send: Send): Promise<string> {
    const correlationId = randomUUID();
    const answer = await send({ 'Correlation-Id': correlationId }).catch((error: unknown) => ({ text: String(error) }));
    const { rows } = await this.audit.database.query<{ id: string }>(
      'SELECT id FROM operation WHERE correlation_id = $1 AND saga = $2 ORDER BY started_at',
      [correlationId, saga],
    );
    if (!rows[0]) throw new Error(`No ${saga} was started: ${answer.text}`);
    return rows[0].id;
  }

  async ended(operationId: string): Promise<'finished' | 'failed'> {
    const look = async () => {
      const { rows } = await this.audit.database.query<Record<string, unknown>>(
        'SELECT saga, status, step, attempt, errors, error, ended_at FROM operation WHERE id = $1',
        [operationId],
      );
      return rows[0]!;
    };
    const ended = await until(`operation ${operationId} ends`, look, (row) => row['ended_at'] !== null, ENDS_WITHIN_MS);
    return ended['status'] as 'finished' | 'failed';
  }

  /** The database's clock. */
  async now(): Promise<Date> {
    const { rows } = await this.audit.database.query<{ now: Date }>('SELECT clock_timestamp() AS now');
    return rows[0]!.now;
  }

  /** The first operation of a saga on an object since a moment. */
  async operationOf(saga: string, subjectId: string, since: Date): Promise<string | undefined> {
    const { rows } = await this.audit.database.query<{ id: string }>(
      `SELECT id FROM operation WHERE saga = $1 AND subjects @> jsonb_build_array(jsonb_build_object('id', $2::text)) AND started_at >= $3 ORDER BY started_at`,
      [saga, subjectId, since],
    );
    return rows[0]?.id;
  }

  /** The status of a thing as the API tells it, after all restarts; undefined if there is no such thing. */
  status(path: string): Promise<string | undefined> {
    return this.attribute(path, 'status');
  }

  async attribute(path: string, name: string): Promise<string | undefined> {
    await this.fork.ready();
    const answer = await this.user.api.get(path);
    return answer.status === 404 ? undefined : answer.body[name];
  }
}

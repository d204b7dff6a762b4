import type { PoolClient } from 'pg';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';

import { OperationLost } from './saga-errors';

/**
 * Tries the lock, and has the server notice within half a minute that the machine of this session is gone (ms and s, by name;
 * the default is two hours). A session by a Unix socket needs none of it and ignores it.
 */
const lockSql = `
  SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS locked, set_config('tcp_keepalives_idle', '10', false),
    set_config('tcp_keepalives_interval', '5', false), set_config('tcp_keepalives_count', '3', false),
    set_config('tcp_user_timeout', '25000', false)`;

/**
 * The database session that holds an operation's advisory lock, and through which all its checkpoints go.
 * Who loses the session loses the lock and the ability to write in the same instant, so no lease clock and no fencing is needed.
 * It must be a real session: a pooler in transaction mode in between would break it.
 */
export class LockedSession {
  readonly #lost = new AbortController();
  readonly #onLost = () => this.#lost.abort(new OperationLost('The database session that holds the lock is gone'));

  private constructor(
    private readonly queryRunner: QueryRunner,
    private readonly client: PoolClient,
    private readonly key: string,
  ) {
    client.once('error', this.#onLost).once('end', this.#onLost);
  }

  /** Takes a connection and tries the lock of `key`. Undefined if another session has it. */
  static async open(dataSource: DataSource, key: string): Promise<LockedSession | undefined> {
    const queryRunner = dataSource.createQueryRunner();
    try {
      const client = (await queryRunner.connect()) as PoolClient;
      const [row] = (await queryRunner.query(lockSql, [key])) as { locked: boolean }[];
      if (row?.locked) return new LockedSession(queryRunner, client, key);
    } catch (error) {
      await queryRunner.release();
      throw error;
    }
    await queryRunner.release();
    return undefined;
  }

  /** Aborts when the session is lost. */
  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  query(sql: string, parameters?: unknown[]): Promise<unknown> {
    return this.queryRunner.query(sql, parameters);
  }

  /** Runs `work` in a transaction of this session. */
  async transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    await this.queryRunner.startTransaction();
    try {
      const result = await work(this.queryRunner.manager);
      await this.queryRunner.commitTransaction();
      return result;
    } catch (error) {
      await this.queryRunner.rollbackTransaction().catch(() => this.destroy());
      throw error;
    }
  }

  /** Gives up the lock, but keeps the connection for a last question. */
  async unlock(): Promise<void> {
    const [row] = (await this.query('SELECT pg_advisory_unlock(hashtextextended($1, 0)) AS unlocked', [this.key])) as {
      unlocked: boolean;
    }[];
    if (!row?.unlocked) throw new OperationLost('The lock was not held any more');
  }

  /** Gives the connection back to the pool. */
  async release(): Promise<void> {
    this.client.off('error', this.#onLost).off('end', this.#onLost);
    await this.queryRunner.release();
  }

  /** Closes the connection, and with it whatever lock or transaction it still has. */
  async destroy(): Promise<void> {
    if (this.queryRunner.isReleased) return;
    await this.client.end().catch(() => undefined);
    await this.release();
  }
}

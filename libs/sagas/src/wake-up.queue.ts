import { DelayedError, type Job, Queue, Worker } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';

import { reasonOf } from './saga-errors';
import type { SagaLogger } from './saga.types';

/** Looks at one operation; returns the milliseconds until it wants to be looked at again. */
export type Look = (operationId: string) => Promise<number | undefined>;

export interface WakeUpQueueOptions {
  redisUrl: string;
  name: string;
  prefix: string;
  logger: SagaLogger;
}

const commandTimeoutMs = 2000;

/**
 * The wake-ups of operations, in BullMQ. A job holds an operation's id and nothing else, and its own id is the same:
 * there is at most one per operation. It decides nothing: a lost job, or a lost Redis, costs the time until the next sweep.
 */
export class WakeUpQueue {
  readonly #redis: Redis;
  readonly #queue: Queue<{ id: string }>;
  #worker: Worker<{ id: string }> | undefined;
  #down = false;
  #closing = false;
  readonly #retryStrategy = (attempts: number) => (this.#closing ? null : Math.min(attempts * 100, 1000));

  constructor(private readonly options: WakeUpQueueOptions) {
    const fast: RedisOptions = { enableOfflineQueue: false, commandTimeout: commandTimeoutMs, maxRetriesPerRequest: 0 };
    this.#redis = new Redis(options.redisUrl, { ...fast, retryStrategy: this.#retryStrategy });
    this.#redis.on('error', (error) => this.#noteDown(error)).on('ready', () => this.#noteUp());
    const { name, prefix } = options;
    this.#queue = new Queue(name, { connection: this.#redis, prefix, defaultJobOptions: { removeOnComplete: true, removeOnFail: true } });
    this.#queue.on('error', (error) => this.#noteDown(error));
  }

  /** Wakes the operation after `delayMs`, instead of whatever later wake-up it had. False when Redis does not answer. */
  async schedule(operationId: string, delayMs: number): Promise<boolean> {
    if (this.#redis.status !== 'ready') return false;
    try {
      if (delayMs > 0 || !(await this.#isComing(operationId))) await this.#replace(operationId, delayMs);
      this.#noteUp();
      return true;
    } catch (error) {
      this.#noteDown(error);
      return false;
    }
  }

  /** Whoever is in the queue keeps its place: under load the sweep comes again and again for those who wait there. */
  async #isComing(operationId: string): Promise<boolean> {
    const state = await this.#queue.getJobState(operationId);
    return state === 'waiting' || state === 'active';
  }

  async #replace(operationId: string, delayMs: number): Promise<void> {
    await this.#queue.remove(operationId);
    await this.#queue.add('wake', { id: operationId }, { jobId: operationId, delay: Math.ceil(delayMs) });
  }

  /** Takes back the wake-up of an operation that has ended. One that cannot be taken back is harmless. */
  async forget(operationId: string): Promise<void> {
    if (this.#redis.status === 'ready') await this.#queue.remove(operationId).catch(() => undefined);
  }

  /** Takes wake-ups from the queue, `concurrency` at a time, and gives them to `look`. */
  work(concurrency: number, look: Look): void {
    const connection = { url: this.options.redisUrl, maxRetriesPerRequest: null, retryStrategy: this.#retryStrategy };
    const processor = (job: Job<{ id: string }>, token?: string) => this.#process(job, token, look);
    // A job whose worker dies is given to another worker for as long as it takes: BullMQ must not decide an operation's fate.
    const fate = { maxStalledCount: Number.MAX_SAFE_INTEGER, removeOnComplete: { count: 0 }, removeOnFail: { count: 0 } };
    this.#worker = new Worker(this.options.name, processor, { connection, prefix: this.options.prefix, concurrency, ...fate });
    this.#worker.on('error', (error) => this.#noteWorkerError(error));
  }

  /** Takes no more wake-ups, waits for those at work, and lets go of Redis whether it answers or not. */
  async close(): Promise<void> {
    this.#closing = true;
    await within(commandTimeoutMs, Promise.all([this.#worker?.close(), this.#queue.close()]));
    this.#redis.disconnect();
  }

  async #process(job: Job<{ id: string }>, token: string | undefined, look: Look): Promise<void> {
    const delayMs = await look(job.data.id);
    if (delayMs === undefined) return;
    await job.moveToDelayed(Date.now() + Math.ceil(delayMs), token);
    throw new DelayedError();
  }

  #noteDown(error: unknown): void {
    if (this.#down) return;
    this.#down = true;
    this.options.logger.warn({ reason: reasonOf(error) }, 'Redis does not do its work; operations are woken by the sweep');
  }

  /** A lost job is no news, and the worker's own connections come back a little later than the other; a refusal by Redis is one. */
  #noteWorkerError(error: Error): void {
    if (this.#redis.status !== 'ready' || error.name === 'ReplyError') this.#noteDown(error);
  }

  #noteUp(): void {
    if (this.#down) this.options.logger.info({}, 'Redis does its work again');
    this.#down = false;
  }
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([work.catch(() => undefined), limit]);
  clearTimeout(timer);
}

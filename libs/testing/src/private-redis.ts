import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from './free-port';

/** A Redis server that one spec file may stop, start and empty. Starts empty each time. */
export class PrivateRedis {
  #process: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    private readonly port: number,
  ) {}

  /** Prepares a server that is not running yet. */
  static async create(): Promise<PrivateRedis> {
    return new PrivateRedis(await mkdtemp(join(tmpdir(), 'redis-')), await freePort());
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Resolves when it accepts connections. */
  async start(): Promise<void> {
    const settings = { port: this.port, bind: '127.0.0.1', dir: this.folder, save: '' };
    const options = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const redis = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#process = redis;
    const ended = once(redis, 'exit').then(() => Promise.reject(new Error('redis-server has ended')));
    const ready = new Promise<void>((resolve) => {
      redis.stdout.on('data', (data: Buffer) => {
        if (data.includes('Ready to accept connections')) resolve();
      });
    });
    await Promise.race([ready, ended]);
    ended.catch(() => undefined);
  }

  /** Kills it; what it held is lost. */
  async stop(): Promise<void> {
    const redis = this.#process;
    this.#process = undefined;
    if (!redis) return;
    redis.kill('SIGKILL');
    await once(redis, 'exit');
  }

  async destroy(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true });
  }
}

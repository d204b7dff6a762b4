import { execFile } from 'node:child_process';
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { freePort } from './free-port';

const run = promisify(execFile);
const versions = '/usr/lib/postgresql';

/** A PostgreSQL server that one spec file may crash and restart. Runs as the user `postgres` when the test runs as root. */
export class PrivatePostgres {
  private constructor(
    private readonly folder: string,
    private readonly port: number,
    private readonly binaries: string,
    private readonly user: { uid?: number; gid?: number },
  ) {}

  /** Makes a cluster and starts it; about 3 s. */
  static async start(): Promise<PrivatePostgres> {
    const folder = await mkdtemp(join(tmpdir(), 'postgres-'));
    const [version] = (await readdir(versions)).sort((one, other) => Number(other) - Number(one));
    const user = process.getuid?.() === 0 ? await postgresUser() : undefined;
    if (user) await chown(folder, user.uid, user.gid);
    const postgres = new PrivatePostgres(folder, await freePort(), join(versions, version ?? '', 'bin'), user ?? {});
    await postgres.#run('initdb', ['--no-sync', '--auth=trust', '--username=postgres', '-D', folder]);
    await postgres.#control('start');
    return postgres;
  }

  get url(): string {
    return `postgresql://postgres@127.0.0.1:${this.port}/postgres`;
  }

  /** Kills every server process without any goodbye, and starts again; what was committed is there again. */
  async crashAndRestart(): Promise<void> {
    await this.#control('stop', '-m', 'immediate');
    await this.#control('start');
  }

  async destroy(): Promise<void> {
    await this.#control('stop', '-m', 'immediate');
    await rm(this.folder, { recursive: true });
  }

  async #control(action: string, ...options: string[]): Promise<void> {
    const settings = `-h 127.0.0.1 -p ${this.port} -k ${this.folder}`;
    const log = join(this.folder, 'log');
    await this.#run('pg_ctl', [action, '-w', '-D', this.folder, '-l', log, '-o', settings, ...options]);
  }

  async #run(program: string, options: string[]): Promise<void> {
    await run(join(this.binaries, program), options, { ...this.user, cwd: this.folder });
  }
}

async function postgresUser(): Promise<{ uid: number; gid: number }> {
  const [uid, gid] = await Promise.all(['-u', '-g'].map(async (which) => Number((await run('id', [which, 'postgres'])).stdout)));
  if (uid === undefined || gid === undefined) throw new Error('There is no user postgres');
  return { uid, gid };
}

import { type FreshDatabase, freePort, freshDatabase } from '@clinker/testing';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Agent, request } from 'undici';
import type { RawAnswer, RawRequest } from './running-engine';

/** The checkout: this file may run from its source or from dist-tests/. */
const ROOT = join(__dirname, ...(__dirname.includes(join('dist-tests', 'apps')) ? ['..'] : []), '..', '..', '..', '..');
const READY = 'The engine is ready';
const LOG_KEPT = 65_536;

/** pino's levels `error` and `fatal`. */
const ERROR = /"level":[56]0/;

/** What Node is told in production. */
function productionFlags(): string[] {
  const unit = readFileSync(join(ROOT, 'deploy', 'systemd', 'clinker-engine.service'), 'utf8');
  return /^ExecStart=\S+ (.*) \S+$/m.exec(unit)?.[1]?.split(' ') ?? [];
}

/**
 * The whole engine as it is built and started in production, in a process of its own, on a database of its own. Its hosts are not heard,
 * as there is no NATS where it looks. `npm run build` comes first.
 */
export class EngineProcess {
  /** The password of admin@internal. */
  static readonly PASSWORD = 'not-a-secret';

  private log = '';
  private readonly agent = new Agent({ connect: { ca: readFileSync(process.env['CLINKER_CA'] ?? '', 'utf8') } });

  /** How many lines of its log tell of errors: of what should not have happened, which clients see as a 5xx. */
  errors = 0;
  /** The last of them. */
  lastError = '';

  private constructor(
    private readonly child: ChildProcess,
    private readonly database: FreshDatabase,
    private readonly folder: string,
    /** `https://127.0.0.1:<port>` */
    readonly url: string,
  ) {
    for (const stream of [child.stdout, child.stderr]) if (stream) createInterface(stream).on('line', (line) => this.note(line));
  }

  /** Starts it, and resolves when it answers. Needs the lab's environment. @param flags more for Node @throws Error with its log if it ends instead */
  static async start(flags: readonly string[] = [], settings: NodeJS.ProcessEnv = {}): Promise<EngineProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'engine-'));
    const database = await freshDatabase();
    const address = `127.0.0.1:${await freePort()}`;
    const env = {
      ...process.env,
      ...EngineProcess.settings(folder),
      MALLOC_ARENA_MAX: '2',
      CLINKER_HTTP_ADDRESS: address,
      DATABASE_URL: database.url,
      ...settings,
    };
    const entry = join(ROOT, 'dist', 'apps', 'engine', 'src', 'main.js');
    const child = spawn(process.execPath, [...productionFlags(), ...flags, entry], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const engine = new EngineProcess(child, database, folder, `https://${address}`);
    await engine.ready();
    return engine;
  }

  private static settings(folder: string): NodeJS.ProcessEnv {
    const lab = process.env['LAB_FOLDER'] ?? '';
    writeFileSync(join(folder, 'key'), 'ab'.repeat(32));
    writeFileSync(join(folder, 'admin'), EngineProcess.PASSWORD);
    return {
      CLINKER_TLS_CERT: join(lab, 'tls/engine.crt'),
      CLINKER_TLS_KEY: join(lab, 'tls/engine.key'),
      CLINKER_KEY_FILE: join(folder, 'key'),
      CLINKER_ADMIN_PASSWORD_FILE: join(folder, 'admin'),
      CLINKER_LOG_LEVEL: 'info',
      NATS_URL: 'tls://127.0.0.1:1',
      NODE_ENV: 'production',
    };
  }

  get databaseUrl(): string {
    return this.database.url;
  }

  /** One request to any path; as admin@internal unless the headers say otherwise. */
  async send(path: string, { method = 'GET', headers = {}, body }: RawRequest = {}): Promise<RawAnswer> {
    const authorization = `Basic ${Buffer.from(`admin@internal:${EngineProcess.PASSWORD}`).toString('base64')}`;
    const options = { method, headers: { authorization, ...headers }, dispatcher: this.agent, ...(body === undefined ? {} : { body }) };
    const answer = await request(`${this.url}${path}`, options);
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  }

  /** Resident memory (MB) now. */
  get megabytes(): number {
    const kibibytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.child.pid ?? 0}/status`, 'utf8'))?.[1];
    return Math.round(Number(kibibytes) / 1024);
  }

  /** Whether it has not ended. */
  get isUp(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Ends it, and removes what it had. */
  async close(): Promise<void> {
    if (this.isUp) {
      this.child.kill('SIGTERM');
      await once(this.child, 'exit');
    }
    await this.agent.close();
    await this.database.drop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private note(line: string): void {
    this.log = `${this.log}${line}\n`.slice(-LOG_KEPT);
    if (!ERROR.test(line)) return;
    this.errors += 1;
    this.lastError = line;
  }

  private ready(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.child.stdout) createInterface(this.child.stdout).on('line', (line) => line.includes(READY) && resolve());
      this.child.once('exit', (code) => reject(new Error(`The engine ended with ${code}: ${this.log}`)));
    });
  }
}

import { freePort } from '@clinker/testing';
import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, on, once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nkeys } from 'nats';

interface Identity {
  readonly publicKey: string;
  readonly seed: string;
}

/** The package exports them without types. */
const { createUser } = nkeys as { createUser(): { getPublicKey(): string; getSeed(): Uint8Array } };

function newIdentity(): Identity {
  const pair = createUser();
  return { publicKey: pair.getPublicKey(), seed: new TextDecoder().decode(pair.getSeed()) };
}

/** A NATS server of the test's own, with the permissions of the real one: a host uses its own subjects only. */
export class TestNats {
  private readonly log = new EventEmitter();
  private server: ChildProcess | undefined;

  private constructor(
    readonly folder: string,
    private readonly port: number,
    private readonly hostName: string,
    private readonly identities: { readonly engine: Identity; readonly host: Identity },
  ) {}

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  get engineSeed(): string {
    return this.identities.engine.seed;
  }

  get hostSeedFile(): string {
    return join(this.folder, 'host.seed');
  }

  static async create(hostName: string): Promise<TestNats> {
    const folder = await mkdtemp(join(tmpdir(), 'clinker-nats-'));
    const nats = new TestNats(folder, await freePort(), hostName, { engine: newIdentity(), host: newIdentity() });
    await writeFile(nats.hostSeedFile, nats.identities.host.seed, { mode: 0o600 });
    await nats.configure({ knowsHost: true });
    return nats;
  }

  /** Says whom the server knows; a running one learns it at once. */
  async configure({ knowsHost }: { knowsHost: boolean }): Promise<void> {
    const { engine, host } = this.identities;
    const users = [userOf(engine, engineRights), ...(knowsHost ? [userOf(host, hostRights(this.hostName))] : [])];
    await writeFile(join(this.folder, 'nats.json'), JSON.stringify({ listen: `127.0.0.1:${this.port}`, authorization: { users } }));
    this.server?.kill('SIGHUP');
  }

  async start(): Promise<void> {
    const ready = this.says('Server is ready');
    this.server = spawn('nats-server', ['-c', join(this.folder, 'nats.json')], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.server.stderr?.on('data', (chunk: Buffer) => this.log.emit('said', chunk.toString()));
    await ready;
  }

  /** Waits until the server's log has this text. */
  async says(text: string): Promise<void> {
    let log = '';
    for await (const [chunk] of on(this.log, 'said') as AsyncIterable<[string]>) {
      log += chunk;
      if (log.includes(text)) return;
    }
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (!server || server.exitCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

interface Rights {
  readonly publish: string[];
  readonly subscribe: string[];
}

const userOf = (identity: Identity, permissions: Rights): object => ({ nkey: identity.publicKey, permissions });

const engineRights: Rights = { publish: ['clinker.host.>', '_INBOX.>'], subscribe: ['clinker.engine.>', '_INBOX.engine.>'] };

const hostRights = (hostName: string): Rights => ({
  publish: [`clinker.engine.${hostName}.>`, '_INBOX.engine.>'],
  subscribe: [`clinker.host.${hostName}.>`, `_INBOX.${hostName}.>`],
});

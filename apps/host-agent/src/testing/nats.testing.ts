import { freePort } from '@clinker/testing';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
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
  private server: ChildProcess | undefined;

  private constructor(
    readonly folder: string,
    private readonly port: number,
    readonly engineSeed: string,
    readonly hostSeedFile: string,
  ) {}

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  static async create(hostName: string): Promise<TestNats> {
    const folder = await mkdtemp(join(tmpdir(), 'clinker-nats-'));
    const [engine, host] = [newIdentity(), newIdentity()];
    const port = await freePort();
    const nats = new TestNats(folder, port, engine.seed, join(folder, 'host.seed'));
    await writeFile(nats.hostSeedFile, host.seed, { mode: 0o600 });
    await writeFile(join(folder, 'nats.json'), JSON.stringify(configuration({ port, hostName, engine, host })));
    return nats;
  }

  async start(): Promise<void> {
    const server = spawn('nats-server', ['-c', join(this.folder, 'nats.json')], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.server = server;
    let said = '';
    for await (const chunk of server.stderr) {
      said += String(chunk);
      if (said.includes('Server is ready')) break;
    }
    if (!said.includes('Server is ready')) throw new Error(`nats-server did not start: ${said}`);
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

function configuration({ port, hostName, engine, host }: { port: number; hostName: string; engine: Identity; host: Identity }): object {
  const enginePermissions = { publish: ['clinker.host.>', '_INBOX.>'], subscribe: ['clinker.engine.>', '_INBOX.engine.>'] };
  const hostPermissions = {
    publish: [`clinker.engine.${hostName}.>`, '_INBOX.engine.>'],
    subscribe: [`clinker.host.${hostName}.>`, `_INBOX.${hostName}.>`],
  };
  const users = [
    { nkey: engine.publicKey, permissions: enginePermissions },
    { nkey: host.publicKey, permissions: hostPermissions },
  ];
  return { listen: `127.0.0.1:${port}`, authorization: { users } };
}

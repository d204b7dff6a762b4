import { createLogger } from '@clinker/logging';
import type { PrivateLibvirtd } from '@clinker/testing';
import { EventEmitter, on } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentDaemon } from '../agent.daemon';
import type { AgentSettings } from '../agent.settings';
import { EngineEnd } from './engine.testing';
import { TestNats } from './nats.testing';

export const TEST_HOST = 'agent-test';

/** An agent with NATS, an engine's end and a libvirtd of the test's own, so that tests may break them; Ceph is the lab's. */
export class TestAgent {
  private daemon: AgentDaemon | undefined;
  private readonly log = new EventEmitter();

  private constructor(
    readonly nats: TestNats,
    readonly libvirtd: PrivateLibvirtd,
    public engine: EngineEnd,
    private readonly own: { readonly folder: string; readonly changes: Partial<AgentSettings> },
  ) {}

  get settings(): AgentSettings {
    return {
      CLINKER_HOST_NAME: TEST_HOST,
      CLINKER_MY_IP: '127.0.0.1',
      NATS_URL: this.nats.url,
      NATS_NKEY_SEED_FILE: this.nats.hostSeedFile,
      LIBVIRT_SOCKET: this.libvirtd.socketPath,
      CLINKER_RUN_FOLDER: join(this.own.folder, 'run'),
      CLINKER_CONSOLE_FOLDER: join(this.own.folder, 'consoles'),
      CLINKER_MEMORY_FOLDER: join(this.own.folder, 'memory'),
      CLINKER_EMULATION: 'qemu',
      CLINKER_NETWORKS: {},
      CLINKER_LOG_LEVEL: 'debug',
      ...this.own.changes,
    };
  }

  /** @param libvirtd one that runs; it is the caller's to stop, because each new one first spends seconds to look at its QEMUs */
  static async create(libvirtd: PrivateLibvirtd, changes: Partial<AgentSettings> = {}): Promise<TestAgent> {
    const folder = await mkdtemp(join(tmpdir(), 'clinker-agent-'));
    const nats = await TestNats.create(TEST_HOST);
    await nats.start();
    return new TestAgent(nats, libvirtd, await EngineEnd.connect(nats, TEST_HOST), { folder, changes });
  }

  /** Starts the agent in this process. */
  async launch(): Promise<void> {
    const destination = { write: (line: string) => this.log.emit('said', line) };
    this.daemon = await AgentDaemon.start(this.settings, createLogger('agent-test', 'info', destination));
  }

  /** Starts the agent in this process and waits until it has joined, with libvirt. */
  async start(): Promise<void> {
    const joined = this.engine.next('heartbeat', (beat) => beat.libvirtConnected && beat.secretsVersion !== null);
    await this.launch();
    await joined;
  }

  /** Waits until the agent logs such a line. */
  async says(text: RegExp): Promise<void> {
    for await (const [line] of on(this.log, 'said') as AsyncIterable<[string]>) if (text.test(line)) return;
  }

  async stop(): Promise<void> {
    const { daemon } = this;
    this.daemon = undefined;
    await daemon?.stop();
  }

  async remove(): Promise<void> {
    await this.stop();
    await this.engine.close();
    await this.nats.remove();
    await rm(this.own.folder, { recursive: true, force: true });
  }
}

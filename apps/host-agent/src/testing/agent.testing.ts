import { createLogger } from '@clinker/logging';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentDaemon } from '../agent.daemon';
import type { AgentSettings } from '../agent.settings';
import { EngineEnd } from './engine.testing';
import { labLibvirtSocket } from './lab.testing';
import { TestNats } from './nats.testing';

export const TEST_HOST = 'agent-test';

/** An agent in this process, with NATS and an engine's end of its own, at the lab's libvirt. */
export class TestAgent {
  private daemon: AgentDaemon | undefined;

  private constructor(
    readonly nats: TestNats,
    readonly engine: EngineEnd,
    readonly settings: AgentSettings,
    private readonly folder: string,
  ) {}

  static async create(changes: Partial<AgentSettings> = {}): Promise<TestAgent> {
    const folder = await mkdtemp(join(tmpdir(), 'clinker-agent-'));
    const nats = await TestNats.create(TEST_HOST);
    await nats.start();
    const settings: AgentSettings = {
      CLINKER_HOST_NAME: TEST_HOST,
      CLINKER_MY_IP: '127.0.0.1',
      NATS_URL: nats.url,
      NATS_NKEY_SEED_FILE: nats.hostSeedFile,
      LIBVIRT_SOCKET: labLibvirtSocket(),
      CLINKER_RUN_FOLDER: join(folder, 'run'),
      CLINKER_CONSOLE_FOLDER: join(folder, 'consoles'),
      CLINKER_EMULATION: 'qemu',
      CLINKER_LOG_LEVEL: 'debug',
      ...changes,
    };
    return new TestAgent(nats, await EngineEnd.connect(nats, TEST_HOST), settings, folder);
  }

  /** Starts the agent and waits until it has joined. */
  async start(): Promise<void> {
    const joined = this.engine.next('heartbeat');
    this.daemon = await AgentDaemon.start(this.settings, createLogger('agent-test', process.env['AGENT_TEST_LOG'] ?? 'silent'));
    await joined;
  }

  async stop(): Promise<void> {
    await this.daemon?.stop();
    this.daemon = undefined;
  }

  async remove(): Promise<void> {
    await this.stop();
    await this.engine.close();
    await this.nats.remove();
    await rm(this.folder, { recursive: true, force: true });
  }
}

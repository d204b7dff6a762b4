import { createLogger } from '@clinker/logging';
import { EventEmitter } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentContext } from '../agent.context';
import type { AgentSettings } from '../agent.settings';
import type { SecretsService } from '../secrets/secrets.service';
import type { EngineLink } from '../transport/engine.link';
import type { CapabilitiesService } from './capabilities.service';
import { MembershipService } from './membership.service';

/** The engine and the host as they would answer; what happens on a real NATS is in host-agent.int-spec.ts. */
describe('MembershipService', () => {
  const folder = mkdtempSync(join(tmpdir(), 'clinker-member-'));
  let engine: EventEmitter & { request: jest.Mock; tell: jest.Mock };
  let connector: Record<string, unknown>;
  let bridges: string[];
  let membership: MembershipService;
  const refresh = jest.fn(async () => undefined);

  beforeEach(() => {
    connector = { initiator: 'iqn.a' };
    bridges = ['br0'];
    engine = Object.assign(new EventEmitter(), { request: jest.fn(), tell: jest.fn() });
    engine.request.mockImplementation(async () => {
      setImmediate(() => engine.emit('requested'));
      return { hostId: 'h', heartbeatMs: 5 };
    });
    engine.tell.mockImplementation(() => engine.emit('told'));
    const capabilities = Object.assign(new EventEmitter(), {
      describe: async () => ({ connector, bridges }),
      pulse: async () => ({ bootId: 'b', libvirtConnected: true, memoryFreeBytes: 1 }),
      changeable: async () => ({ connector, bridges }),
    });
    const context = new AgentContext({ CLINKER_RUN_FOLDER: folder } as AgentSettings, createLogger('test', 'silent'), 'run-1');
    const secrets = { refresh, present: { version: 3, uuids: [] } };
    membership = new MembershipService(
      context,
      engine as unknown as EngineLink,
      capabilities as unknown as CapabilitiesService,
      secrets as unknown as SecretsService,
    );
  });
  afterEach(() => membership.onModuleDestroy());
  afterAll(() => rm(folder, { recursive: true }));

  const happens = (event: string): Promise<void> => new Promise((resolve) => engine.once(event, resolve));

  it.each([
    ['connector properties', () => (connector = { initiator: 'iqn.b' })],
    ['bridges', () => (bridges = ['br0', 'br1'])],
  ])('joins again when the %s are others, and only then', async (_what, change) => {
    membership.start();
    for (let beat = 0; beat < 3; beat += 1) await happens('told');
    expect(engine.request).toHaveBeenCalledTimes(1);
    change();
    await happens('requested');
    expect(engine.request).toHaveBeenLastCalledWith('joined', { connector, bridges, agentRunId: 'run-1' });
    for (let beat = 0; beat < 3; beat += 1) await happens('told');
    expect(engine.request).toHaveBeenCalledTimes(2);
  });

  it('goes on trying when the engine refuses', async () => {
    engine.request.mockRejectedValueOnce(new Error('unknown host'));
    membership.start();
    await happens('requested');
    expect(engine.request).toHaveBeenCalledTimes(2);
    await happens('told');
  });

  it('fetches the secrets with every join, because pushes may have been missed', async () => {
    refresh.mockClear();
    membership.start();
    await happens('told');
    engine.emit('reconnected');
    await happens('requested');
    await happens('told');
    expect(refresh).toHaveBeenCalledTimes(2);
  });
});

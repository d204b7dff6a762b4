import { capabilitiesSchema } from '@clinker/agent-protocol';
import { PrivateLibvirtd } from '@clinker/testing';
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { TEST_HOST, TestAgent } from './testing/agent.testing';
import { EngineEnd } from './testing/engine.testing';
import { createImage, diskDefinition, rbdSource, removeImage, secretDefinition, vmDefinition } from './testing/lab.testing';

jest.setTimeout(120_000);

describe('the agent beside NATS, libvirt and an engine', () => {
  const libvirtd = new PrivateLibvirtd();
  let agent: TestAgent;

  beforeAll(() => libvirtd.start());
  afterAll(() => libvirtd.stop());
  beforeEach(async () => (agent = await TestAgent.create(libvirtd)));
  afterEach(() => agent.remove());

  it('joins with what it is and can, says that it is ready, and beats', async () => {
    const joined = agent.engine.next('joined', (body) => body.libvirtVersion !== '');
    await agent.start();
    expect(await joined).toMatchObject({
      hostName: TEST_HOST,
      emulation: 'qemu',
      libvirtVersion: '9.0.0',
      connector: { host: TEST_HOST, ip: '127.0.0.1' },
    });
    expect(existsSync(join(agent.settings.CLINKER_RUN_FOLDER, 'ready'))).toBe(true);
    const described = capabilitiesSchema.parse(await agent.engine.ask('describe', {}));
    expect(described.memoryBytes).toBeGreaterThan(2 ** 28);
    const [first, second] = [await agent.engine.next('heartbeat'), await agent.engine.next('heartbeat')];
    expect(second).toMatchObject({ agentRunId: first.agentRunId, bootId: described.bootId, libvirtConnected: true, secretsVersion: 0 });
  });

  it('joins when the engine comes later than it, and again when the engine was away', async () => {
    await agent.engine.close();
    await agent.launch();
    expect(existsSync(join(agent.settings.CLINKER_RUN_FOLDER, 'ready'))).toBe(false);
    for (let restart = 0; restart < 2; restart += 1) {
      const engine = (agent.engine = await EngineEnd.connect(agent.nats, TEST_HOST));
      await engine.hasHeard('joined');
      await engine.next('heartbeat');
      const missed = agent.says(/the engine was away|could not join yet/);
      await engine.close();
      await missed;
    }
  });

  it('starts before NATS, and joins again and obeys after NATS was away', async () => {
    await agent.nats.stop();
    const launched = agent.launch();
    await agent.nats.start();
    await launched;
    await agent.engine.next('heartbeat');
    await agent.nats.stop();
    await agent.nats.start();
    await agent.engine.next('joined');
    await expect(agent.engine.ask('inventory', {})).resolves.toMatchObject({ domains: [] });
  });

  it('goes on when NATS does not know it yet, and joins when it does', async () => {
    await agent.nats.configure({ knowsHost: false });
    const refused = agent.nats.says('authentication error');
    const launched = agent.launch();
    await refused;
    await agent.nats.configure({ knowsHost: true });
    await launched;
    await agent.engine.next('heartbeat');
  });

  it('joins without libvirt, says so, and tells when it is there', async () => {
    await libvirtd.kill();
    await agent.launch();
    const beat = await agent.engine.next('heartbeat');
    expect(beat.libvirtConnected).toBe(false);
    await expect(agent.engine.ask('inventory', {})).rejects.toMatchObject({ code: 'libvirt_unavailable', retryable: true });
    const joined = agent.engine.next('joined', (body) => body.libvirtVersion !== '');
    await libvirtd.start();
    await joined;
    await agent.engine.next('heartbeat', (each) => each.libvirtConnected);
    await expect(agent.engine.ask('inventory', {})).resolves.toMatchObject({ domains: [] });
  });

  it('answers rubbish with invalid_request, and goes on', async () => {
    await agent.start();
    const rubbish = ['', 'x', '{', 'null', '[1]', '"{}"', '{"vmId":"../../etc"', randomBytes(100_000), '['.repeat(50_000)];
    for (const command of ['describe', 'inspect-domain', 'ensure-secrets', 'no-such-command', 'constructor']) {
      for (const payload of rubbish) {
        const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
        await agent.engine.shout(command, bytes);
        await expect(agent.engine.askRaw(command, bytes)).resolves.toMatchObject({ ok: false, error: { code: 'invalid_request' } });
      }
    }
    await expect(agent.engine.ask('describe', {})).resolves.toMatchObject({ hostName: TEST_HOST });
  });

  it('answers the commands that run before it stops, and takes no new ones', async () => {
    const secret = secretDefinition();
    agent.engine.secrets = { version: 1, secrets: [secret] };
    await agent.start();
    const { image, sizeBytes } = await createImage(8);
    const disk = diskDefinition(rbdSource(image, secret.uuid), sizeBytes, { interface: 'virtio' });
    const vm = vmDefinition([disk], { os: { kernel: null, initrd: null, cmdline: null, bootDevices: [] } });
    await agent.engine.ensure('ensure-domain-running', { operationId: null, vm });
    const unplugging = agent.engine.ask('ensure-disk-unplugged', { operationId: null, vmId: vm.vmId, diskId: disk.diskId });
    await agent.engine.shout('inspect-domain', new Uint8Array());
    await agent.stop();
    await expect(unplugging).resolves.toEqual({ status: 'in_progress' });
    await expect(agent.engine.ask('describe', {})).rejects.toThrow(/503|no responders/i);
    await agent.start();
    await agent.engine.ensure('ensure-domain-gone', { operationId: null, vmId: vm.vmId });
    await removeImage(image);
  });

  it('never sends a key anywhere but to libvirt', async () => {
    const secret = secretDefinition();
    agent.engine.secrets = { version: 1, secrets: [secret] };
    await agent.start();
    const disk = diskDefinition(rbdSource(`volumes/${randomUUID()}`, secret.uuid), 1_048_576);
    await agent.engine
      .ensure('ensure-domain-running', { operationId: null, vm: vmDefinition([disk]) })
      .catch((error: unknown) => agent.engine.heard.push({ name: 'error', body: String(error) }));
    const inventory = await agent.engine.ask('inventory', {});
    expect(JSON.stringify([agent.engine.heard, inventory])).not.toContain(secret.value);
  });
});

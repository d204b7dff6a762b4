import type { DiskDefinition, VmDefinition } from '@clinker/agent-protocol';
import { PrivateLibvirtd } from '@clinker/testing';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentProcess } from './testing/agent-process.testing';
import { TestAgent } from './testing/agent.testing';
import { createImage, diskDefinition, rbdSource, removeImage, secretDefinition, vmDefinition } from './testing/lab.testing';

jest.setTimeout(120_000);

const MOST_MEMORY = 100e6;

describe('the built agent as a process', () => {
  const libvirtd = new PrivateLibvirtd();
  const secret = secretDefinition();
  let surroundings: TestAgent;
  let agent: AgentProcess | undefined;
  let disk: DiskDefinition;
  let vm: VmDefinition;

  beforeAll(async () => {
    await libvirtd.start();
    surroundings = await TestAgent.create(libvirtd);
    surroundings.engine.secrets = { version: 1, secrets: [secret] };
    const { image, sizeBytes } = await createImage(8);
    disk = diskDefinition(rbdSource(image, secret.uuid), sizeBytes, { interface: 'virtio' });
    vm = vmDefinition([disk], { os: { kernel: null, initrd: null, cmdline: null, bootDevices: [] } });
  });
  afterEach(() => agent?.end('SIGKILL'));
  afterAll(async () => {
    await surroundings.remove();
    await libvirtd.stop();
    await removeImage(disk.source.image);
  });

  const start = async (): Promise<AgentProcess> => {
    const ready = surroundings.engine.next('heartbeat', (beat) => beat.libvirtConnected && beat.secretsVersion === 1);
    agent = AgentProcess.start({ ...surroundings.settings, CLINKER_NETWORKS: 'lan=br0' });
    await ready;
    return agent;
  };
  const request = () => ({ operationId: null, vmId: vm.vmId });

  it('says which settings are missing, and ends', async () => {
    agent = AgentProcess.start({});
    const { code, errors } = await agent.ended();
    expect(code).toBe(1);
    expect(errors).toMatch(/CLINKER_HOST_NAME[\s\S]*NATS_NKEY_SEED_FILE/);
  });

  it('answers what runs when it is told to stop', async () => {
    const running = await start();
    await surroundings.engine.ensure('ensure-domain-running', { operationId: null, vm });
    const unplugging = surroundings.engine.ask('ensure-disk-unplugged', { ...request(), diskId: disk.diskId });
    await surroundings.engine.ask('describe', {});
    await expect(running.end('SIGTERM')).resolves.toBe(0);
    await expect(unplugging).resolves.toEqual({ status: 'in_progress' });
  });

  it('finds everything again after SIGKILL, and clears away the keys that it left', async () => {
    const killed = await start();
    await surroundings.engine.ensure('ensure-domain-running', { operationId: null, vm });
    const keys = join(surroundings.settings.CLINKER_RUN_FOLDER, 'keys');
    await mkdir(keys, { recursive: true });
    await writeFile(join(keys, 'left'), 'a key');
    await killed.end('SIGKILL');
    await start();
    const inventory = await surroundings.engine.ask('inventory', {});
    expect(inventory).toMatchObject({
      domains: [{ vmId: vm.vmId, state: 'running', disks: [{ diskId: disk.diskId }] }],
      secretUuids: [secret.uuid],
    });
    await expect(readdir(keys)).rejects.toThrow('ENOENT');
    await surroundings.engine.ensure('ensure-domain-gone', request());
    await expect(surroundings.engine.ensure('ensure-domain-running', { operationId: null, vm })).resolves.toMatchObject({
      domain: { state: 'running' },
    });
  });

  it('rests below 100 MB, and shows no secret in its command line or environment', async () => {
    const resting = await start();
    await surroundings.engine.ensure('ensure-domain-running', { operationId: null, vm });
    expect(resting.residentBytes()).toBeLessThan(MOST_MEMORY);
    expect(resting.visible()).not.toContain(readFileSync(surroundings.nats.hostSeedFile, 'utf8'));
    expect(resting.visible()).not.toContain(secret.value);
    await surroundings.engine.ensure('ensure-domain-gone', request());
  });
});

import type { DiskDefinition, VmDefinition } from '@clinker/agent-protocol';
import { LibvirtClient } from '@clinker/libvirt';
import { PrivateLibvirtd } from '@clinker/testing';
import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { TestAgent } from '../testing/agent.testing';
import { consoleSays } from '../testing/console.testing';
import { createImage, diskDefinition, rbdSource, removeImage, secretDefinition, vmDefinition } from '../testing/lab.testing';
import { consoleLog } from '../vms/domain-xml.builder';

jest.setTimeout(180_000);

const ROOM = 2 ** 30;
const LONG_MS = 600_000;

/** A guest that goes on has the drive, and no disc any more. */
const SEED = { label: 'config-2', files: [{ path: 'openstack/latest/meta_data.json', content: '{}' }] };

describe('the memory of a guest on a real libvirt, QEMU and Ceph', () => {
  const secret = secretDefinition();
  const images: string[] = [];
  const libvirtd = new PrivateLibvirtd();
  let agent: TestAgent;
  let libvirt: LibvirtClient;
  let vm: VmDefinition;
  let disk: DiskDefinition;
  let operationId: string;

  beforeAll(async () => {
    await libvirtd.start();
    agent = await TestAgent.create(libvirtd);
    agent.engine.secrets = { version: 1, secrets: [secret] };
    await agent.start();
    libvirt = new LibvirtClient({ socketPath: libvirtd.socketPath });
    await libvirt.connect();
  });
  afterAll(async () => {
    await libvirt.close();
    await agent.remove();
    await libvirtd.stop();
  });
  beforeEach(async () => {
    operationId = randomUUID();
    disk = await newDisk(16);
    vm = vmDefinition([disk]);
    vm = { ...vm, os: { ...vm.os, cmdline: 'console=ttyS0 quiet clinker.counter=vda' } };
    await agent.engine.ensure('ensure-domain-running', { operationId: null, vm, seed: SEED });
    await consoleSays(consoleOf(), /counted 3 in memory/);
  });
  afterEach(async () => {
    await gone();
    for (const image of images.splice(0)) await removeImage(image);
  });

  const consoleOf = () => consoleLog(agent.settings.CLINKER_CONSOLE_FOLDER, vm.vmId);
  const files = () => readdirSync(agent.settings.CLINKER_MEMORY_FOLDER);
  const newDisk = async (sizeMib: number): Promise<DiskDefinition> => {
    const { image, sizeBytes } = await createImage(sizeMib);
    images.push(image);
    return diskDefinition(rbdSource(image, secret.uuid), sizeBytes, { interface: 'virtio' });
  };
  const stop = () => agent.engine.ensure('ensure-guest-paused', { operationId, vmId: vm.vmId, resumeAfterMs: LONG_MS });
  const goOn = () => agent.engine.ensure('ensure-guest-resumed', { operationId, vmId: vm.vmId });
  const gone = () => agent.engine.ensure('ensure-domain-gone', { operationId: null, vmId: vm.vmId });
  const save = (maxBytes = ROOM) => agent.engine.ensure('ensure-memory-saved', { operationId, vmId: vm.vmId, maxBytes });
  const ended = () => agent.engine.ensure('ensure-saved-domain-gone', { operationId, vmId: vm.vmId });
  const removed = () => agent.engine.ensure('ensure-memory-removed', { operationId });

  it('is written while it is paused, goes into a volume, and lets it go on from there with a disk of the same moment', async () => {
    await stop();
    const { imageBytes } = (await save()) as { imageBytes: number };
    expect(imageBytes).toBeGreaterThan(2 ** 20);
    await expect(save()).resolves.toMatchObject({ imageBytes });
    await expect(libvirt.domains.state(vm.vmId)).resolves.toMatchObject({ state: 'paused' });
    expect(files()).toEqual([operationId]);
    const { volumeId, source, sizeBytes } = await newDisk(1024);
    const target = { volumeId, source, sizeBytes };
    await agent.engine.ensure('ensure-memory-copied', { operationId, target });
    await removed();
    expect(files()).toEqual([]);
    const counted = Number([...readFileSync(consoleOf(), 'utf8').matchAll(/counted (\d+) in/g)].at(-1)?.[1]);
    await gone();

    const memory = { ...target, imageBytes };
    const { domain } = (await agent.engine.ensure('ensure-domain-running', { operationId: null, vm, memory })) as {
      domain: { state: string };
    };
    expect(domain.state).toBe('running');
    expect(await libvirt.domains.xml(vm.vmId)).toMatch(/<disk type='file' device='cdrom'>(?:(?!<source).)*<alias name='ua-seed'\/>/s);
    await consoleSays(consoleOf(), new RegExp(`counted ${counted + 2} in memory`));
    const said = readFileSync(consoleOf(), 'utf8');
    expect(said).not.toContain('and the memory');
    expect(said).not.toContain('counted 1 in memory');
    expect(files()).toEqual([]);
    await gone();

    const other = { ...vm, disks: [{ ...disk, diskId: randomUUID() }] };
    const refused = agent.engine.ensure('ensure-domain-running', { operationId: null, vm: other, memory });
    await expect(refused).rejects.toMatchObject({ code: 'device_conflict' });
    await expect(agent.engine.ask('inspect-domain', { vmId: vm.vmId })).resolves.toMatchObject({ domain: { state: 'absent' } });
    expect(files()).toEqual([]);
  });

  it('lets a guest end that has stood still since, and go on from there when it is let go', async () => {
    await stop();
    const { imageBytes } = (await save()) as { imageBytes: number };
    const { volumeId, source, sizeBytes } = await newDisk(1024);
    const target = { volumeId, source, sizeBytes };
    await agent.engine.ensure('ensure-memory-copied', { operationId, target });
    await stop();
    await ended();
    await expect(agent.engine.ask('inspect-domain', { vmId: vm.vmId })).resolves.toMatchObject({ domain: { state: 'absent' } });
    await ended();
    await removed();
    const said = readFileSync(consoleOf(), 'utf8');
    const counted = Number([...said.matchAll(/counted (\d+) in/g)].at(-1)?.[1]);

    const beginning = { operationId, vm, memory: { ...target, imageBytes }, paused: true };
    await expect(agent.engine.ensure('ensure-domain-running', beginning)).resolves.toMatchObject({ domain: { state: 'paused' } });
    await gone();
    await expect(agent.engine.ensure('ensure-domain-running', beginning)).resolves.toMatchObject({ domain: { state: 'paused' } });
    expect(readFileSync(consoleOf(), 'utf8')).not.toContain('counted');
    const letGo = () => agent.engine.ensure('ensure-restored-guest-running', { operationId, vmId: vm.vmId });
    await letGo();
    await consoleSays(consoleOf(), new RegExp(`counted ${counted + 2} in memory`));
    await letGo();
    expect(readFileSync(consoleOf(), 'utf8')).not.toContain('and the memory');
    await gone();
    await letGo();
  });

  it('keeps a guest running that has gone on since, or whose memory nobody has', async () => {
    await stop();
    await expect(ended()).rejects.toMatchObject({ code: 'guest_not_paused' });
    await save();
    await goOn();
    await expect(ended()).rejects.toMatchObject({ code: 'guest_not_paused' });
    await stop();
    await expect(ended()).rejects.toMatchObject({ code: 'guest_not_paused' });
    await goOn();
    await removed();
    await expect(agent.engine.ask('inspect-domain', { vmId: vm.vmId })).resolves.toMatchObject({ domain: { state: 'running' } });
  });

  it('is not written of a guest that runs, or that has gone on', async () => {
    await expect(save()).rejects.toMatchObject({ code: 'guest_not_paused' });
    await stop();
    await goOn();
    await expect(save()).rejects.toMatchObject({ code: 'guest_not_paused' });
    await expect(agent.engine.ask('inspect-domain', { vmId: vm.vmId })).resolves.toMatchObject({ domain: { state: 'running' } });
  });

  it('leaves no file if it is larger than its volume, or if the agent ends', async () => {
    await stop();
    await expect(save(4096)).rejects.toMatchObject({ code: 'not_enough_space' });
    expect(files()).toEqual([]);
    await goOn();
    await stop();
    await save();
    await agent.stop();
    await agent.start();
    await removed();
    await expect(save()).rejects.toMatchObject({ code: 'guest_not_paused' });
    expect(() => files()).toThrow('ENOENT');
    await expect(libvirt.domains.state(vm.vmId)).resolves.toMatchObject({ state: 'running' });
  });
});

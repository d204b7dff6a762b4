import { type Seed, type VmDefinition } from '@clinker/agent-protocol';
import { PrivateLibvirtd } from '@clinker/testing';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TestAgent } from '../testing/agent.testing';
import { consoleSays } from '../testing/console.testing';
import { vmDefinition } from '../testing/lab.testing';
import { consoleLog } from '../vms/domain-xml.builder';
import { SeedImages } from './seed.images';

jest.setTimeout(120_000);

const run = promisify(execFile);
const VM_ID = '11111111-1111-4111-8111-111111111111';
const metaData = `${JSON.stringify({ hostname: 'web', public_keys: { 0: 'ssh-ed25519 AAAA me' } }, null, 2)}\n`;
const seed: Seed = {
  label: 'config-2',
  files: [
    { path: 'openstack/latest/meta_data.json', content: metaData },
    { path: 'openstack/latest/user_data', content: '#cloud-config\n{"password":"žluťoučký"}\n' },
  ],
};

describe('discs with seeds', () => {
  let folder: string;
  let images: SeedImages;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clinker-seeds-'));
    images = new SeedImages(join(folder, 'seeds'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('have the label and the files, and nobody else reads them', async () => {
    const path = await images.write(VM_ID, seed);
    expect(await images.write(VM_ID, seed)).toBe(path);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'seeds'))).mode & 0o777).toBe(0o711);
    expect(await readdir(join(folder, 'seeds'))).toEqual([`${VM_ID}.iso`]);
    const { stderr: about } = await run('xorriso', ['-indev', path, '-toc']);
    expect(about).toContain(`Volume id    : 'config-2'`);
    await run('xorriso', ['-osirrox', 'on', '-indev', path, '-extract', '/', join(folder, 'out')]);
    for (const file of seed.files) expect(await readFile(join(folder, 'out', file.path), 'utf8')).toBe(file.content);
  });

  it('are known by their VMs, and go', async () => {
    expect(await images.vmIds()).toEqual([]);
    await images.write(VM_ID, seed);
    await images.clear();
    expect(await images.vmIds()).toEqual([VM_ID]);
    await images.remove(VM_ID);
    await images.remove(VM_ID);
    expect(await images.vmIds()).toEqual([]);
  });

  it('leave nothing if the tool is not there, and the error tells no secret', async () => {
    const without = new SeedImages(join(folder, 'seeds'), 'no-such-tool');
    const failed = without.write(VM_ID, seed);
    await expect(failed).rejects.toMatchObject({ code: 'internal', message: expect.stringContaining("'no-such-tool'") as string });
    expect(await readdir(join(folder, 'seeds'))).toEqual([]);
  });
});

describe('seeds of guests on a real libvirt and QEMU', () => {
  const libvirtd = new PrivateLibvirtd();
  let agent: TestAgent;
  let vm: VmDefinition;

  beforeAll(async () => {
    await libvirtd.start();
    agent = await TestAgent.create(libvirtd);
    await agent.start();
  });
  beforeEach(() => {
    vm = vmDefinition([]);
  });
  afterEach(() => agent.engine.ensure('ensure-domain-gone', { operationId: null, vmId: vm.vmId }));
  afterAll(async () => {
    await agent.remove();
    await libvirtd.stop();
  });

  const consoleOf = () => consoleLog(agent.settings.CLINKER_CONSOLE_FOLDER, vm.vmId);
  const seeds = async () => readdir(join(agent.settings.CLINKER_RUN_FOLDER, 'seeds'));
  const start = (one: VmDefinition = vm) => agent.engine.ensure('ensure-domain-running', { operationId: null, vm: one, seed });
  const gone = () => agent.engine.ensure('ensure-domain-gone', { operationId: null, vmId: vm.vmId });

  it('are read by the guest, outlive the agent, and go with the domain, whoever ends it', async () => {
    await start();
    await consoleSays(consoleOf(), /seed host=web key=ssh-ed25519 AAAA me/);
    await consoleSays(consoleOf(), /clinker-guest: ready/);
    await agent.stop();
    await agent.start();
    expect(await seeds()).toEqual([`${vm.vmId}.iso`]);
    const stopped = agent.engine.next('domain', ({ vmId, event }) => vmId === vm.vmId && event === 'stopped');
    await agent.engine.ensure('ensure-domain-shutting-down', { operationId: null, vmId: vm.vmId });
    await stopped;
    await agent.engine.ask('ensure-domain-shutting-down', { operationId: 'after', vmId: vm.vmId });
    expect(await seeds()).toEqual([]);
  });

  it('go when the VM is stopped, and are not made for a start that cannot be', async () => {
    await start();
    expect(await seeds()).toEqual([`${vm.vmId}.iso`]);
    await gone();
    expect(await seeds()).toEqual([]);
    await expect(start({ ...vm, os: { ...vm.os, kernel: '/no/such/kernel' } })).rejects.toMatchObject({ code: 'file_not_found' });
    expect(await seeds()).toEqual([]);
  });

  it('go when the domain ended while no agent was there', async () => {
    await start();
    await agent.stop();
    await run('virsh', ['-c', `qemu+unix:///system?socket=${libvirtd.socketPath}`, 'destroy', vm.vmId]);
    await agent.start();
    await agent.engine.ask('ensure-domain-shutting-down', { operationId: 'after', vmId: vm.vmId });
    expect(await seeds()).toEqual([]);
  });
});

import type { SecretDefinition, SecretSet } from '@clinker/agent-protocol';
import { LibvirtClient } from '@clinker/libvirt';
import { PrivateLibvirtd } from '@clinker/testing';
import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { TestAgent } from '../testing/agent.testing';
import { createImage, diskDefinition, rbdSource, removeImage, secretDefinition, vmDefinition } from '../testing/lab.testing';

jest.setTimeout(120_000);

const foreignXml = (uuid: string, name: string): string =>
  `<secret ephemeral='no' private='no'><uuid>${uuid}</uuid><usage type='ceph'><name>${name}</name></usage></secret>`;

describe('secrets on a real libvirt', () => {
  const libvirtd = new PrivateLibvirtd();
  let agent: TestAgent;
  let libvirt: LibvirtClient;

  beforeAll(() => libvirtd.start());
  afterAll(() => libvirtd.stop());
  beforeEach(async () => {
    agent = await TestAgent.create(libvirtd);
    libvirt = new LibvirtClient({ socketPath: libvirtd.socketPath, reconnectDelayMs: 50 });
    await libvirt.connect();
    for (const { uuid } of await libvirt.secrets.list()) await libvirt.secrets.undefine(uuid);
  });
  afterEach(async () => {
    await libvirt.close();
    await agent.remove();
  });

  const ensure = (version: number, secrets: SecretDefinition[]) =>
    agent.engine.ask('ensure-secrets', { operationId: null, version, secrets });
  const known = async (): Promise<Record<string, string>> =>
    Object.fromEntries((await libvirt.secrets.list()).map((secret) => [secret.uuid, secret.usageId]));
  const wants = (set: SecretSet): void => void (agent.engine.secrets = set);

  it('are the engine’s from the start, those of an earlier time are gone, and those of others stay', async () => {
    const [wanted, old, foreign] = [secretDefinition(), randomUUID(), randomUUID()];
    await libvirt.secrets.define(foreignXml(old, 'clinker/old/one'));
    await libvirt.secrets.define(foreignXml(foreign, 'somebody else'));
    wants({ version: 4, secrets: [wanted] });
    await agent.start();
    await expect(known()).resolves.toEqual({ [wanted.uuid]: wanted.usageName, [foreign]: 'somebody else' });
    const beat = await agent.engine.next('heartbeat');
    expect(beat).toMatchObject({ secretsVersion: 4, secretUuids: [wanted.uuid] });
    await expect(agent.engine.ask('inventory', {})).resolves.toMatchObject({ secretUuids: [wanted.uuid] });
  });

  it('are exactly the last set, and an older set changes nothing', async () => {
    const [one, two, three] = [secretDefinition(), secretDefinition(), secretDefinition()];
    await agent.start();
    const { present } = await ensure(5, [one, two]);
    expect([...present].sort()).toEqual([one.uuid, two.uuid].sort());
    await expect(ensure(5, [one, two])).resolves.toMatchObject({ status: 'done' });
    await expect(ensure(4, [three])).resolves.toMatchObject({ present: expect.not.arrayContaining([three.uuid]) as unknown });
    await expect(ensure(6, [two, three])).resolves.toMatchObject({ status: 'done' });
    await expect(known()).resolves.toEqual({ [two.uuid]: two.usageName, [three.uuid]: three.usageName });
    await expect(ensure(7, [])).resolves.toEqual({ status: 'done', present: [] });
  });

  it('take a uuid over that has another usage, and a usage that has another uuid', async () => {
    const secret = secretDefinition();
    await libvirt.secrets.define(foreignXml(secret.uuid, 'somebody else'));
    await agent.start();
    await ensure(1, [secret]);
    await expect(known()).resolves.toEqual({ [secret.uuid]: secret.usageName });
    const moved = { ...secret, uuid: randomUUID() };
    await ensure(2, [moved]);
    await expect(known()).resolves.toEqual({ [moved.uuid]: secret.usageName });
  });

  it('are never on disk, and come back with libvirtd', async () => {
    const secret = secretDefinition();
    wants({ version: 1, secrets: [secret] });
    await agent.start();
    await expect(readdir(join(libvirtd.folder, 'etc/secrets'))).resolves.toEqual([]);
    const joined = agent.engine.next('joined');
    await libvirtd.kill();
    await libvirtd.start();
    await joined;
    await agent.engine.next('heartbeat', (beat) => beat.libvirtConnected);
    await expect(known()).resolves.toEqual({ [secret.uuid]: secret.usageName });
  });

  it('are there again before a start that follows the death of libvirtd', async () => {
    const secret = secretDefinition();
    const { image, sizeBytes } = await createImage(8);
    wants({ version: 1, secrets: [secret] });
    await agent.start();
    const vm = vmDefinition([diskDefinition(rbdSource(image, secret.uuid), sizeBytes)], {
      os: { kernel: null, initrd: null, cmdline: null, bootDevices: [] },
    });
    await libvirtd.kill();
    const starting = agent.engine.ensure('ensure-domain-running', { operationId: null, vm });
    await libvirtd.start();
    await expect(starting).resolves.toMatchObject({ domain: { state: 'running' } });
    await libvirt.secrets.undefine(secret.uuid);
    const more = await createImage(8);
    const disk = diskDefinition(rbdSource(more.image, secret.uuid), more.sizeBytes);
    await expect(agent.engine.ensure('ensure-disk-plugged', { operationId: null, vmId: vm.vmId, disk })).resolves.toMatchObject({
      status: 'done',
    });
    await agent.engine.ensure('ensure-domain-gone', { operationId: null, vmId: vm.vmId });
    await Promise.all([removeImage(image), removeImage(more.image)]);
  });

  it('are asked for once more when a disk names one that is not known', async () => {
    const secret = secretDefinition();
    const { image, sizeBytes } = await createImage(8);
    await agent.start();
    wants({ version: 9, secrets: [secret] });
    const vm = vmDefinition([diskDefinition(rbdSource(image, secret.uuid), sizeBytes)], {
      os: { kernel: null, initrd: null, cmdline: null, bootDevices: [] },
    });
    await expect(agent.engine.ensure('ensure-domain-running', { operationId: null, vm })).resolves.toMatchObject({
      domain: { state: 'running' },
    });
    await agent.engine.ensure('ensure-domain-gone', { operationId: null, vmId: vm.vmId });
    await removeImage(image);
  });
});

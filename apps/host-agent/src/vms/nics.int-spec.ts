import type { NicDefinition, VmDefinition } from '@clinker/agent-protocol';
import { LibvirtClient } from '@clinker/libvirt';
import { PrivateLibvirtd } from '@clinker/testing';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { TestAgent } from '../testing/agent.testing';
import { consoleSays } from '../testing/console.testing';
import { vmDefinition } from '../testing/lab.testing';
import { consoleLog } from './domain-xml.builder';
import { readDomainXml } from './domain-xml.reader';

jest.setTimeout(120_000);

const execute = promisify(execFile);
const suffix = randomUUID().slice(0, 6);
const [BRIDGE, OTHER_BRIDGE] = [`clkt-a${suffix}`, `clkt-b${suffix}`] as const;

describe('interfaces on a real libvirt and QEMU', () => {
  const vms: string[] = [];
  const libvirtd = new PrivateLibvirtd();
  const libvirt = new LibvirtClient({ socketPath: libvirtd.socketPath });
  let agent: TestAgent;

  beforeAll(async () => {
    for (const bridge of [BRIDGE, OTHER_BRIDGE]) await execute('ip', ['link', 'add', bridge, 'type', 'bridge']);
    await libvirtd.start();
    await libvirt.connect();
    agent = await TestAgent.create(libvirtd);
    await agent.start();
  });
  afterEach(async () => {
    for (const vmId of vms.splice(0)) await agent.engine.ensure('ensure-domain-gone', { operationId: null, vmId });
  });
  afterAll(async () => {
    await libvirt.close();
    await agent.remove();
    await libvirtd.stop();
    for (const bridge of [BRIDGE, OTHER_BRIDGE]) await execute('ip', ['link', 'delete', bridge]);
  });

  const newNic = (changes: Partial<NicDefinition> = {}): NicDefinition => ({
    nicId: randomUUID(),
    mac: `52:54:00:${randomUUID()
      .slice(0, 6)
      .replace(/(..)(..)(..)/, '$1:$2:$3')}`,
    model: 'virtio',
    bridge: BRIDGE,
    linked: true,
    mtu: null,
    ...changes,
  });
  const running = async (changes: Partial<VmDefinition> = {}): Promise<VmDefinition> => {
    const vm = vmDefinition([], changes);
    vms.push(vm.vmId);
    await agent.engine.ensure('ensure-domain-running', { operationId: 'op', vm });
    return vm;
  };
  const guestSays = (vm: VmDefinition, text: string): Promise<string> =>
    consoleSays(consoleLog(agent.settings.CLINKER_CONSOLE_FOLDER, vm.vmId), new RegExp(`clinker-guest: ${text}`));
  const plug = ({ vmId }: VmDefinition, nic: NicDefinition) => agent.engine.ensure('ensure-nic-plugged', { operationId: 'op', vmId, nic });
  const unplugged = ({ vmId }: VmDefinition, { nicId }: NicDefinition) => ({ operationId: 'op', vmId, nicId });
  const nicsOf = async ({ vmId }: VmDefinition) => readDomainXml(await libvirt.domains.xml(vmId)).nics;

  it('are told of: which bridges the host has', async () => {
    const { bridges } = await agent.engine.ask('describe', {});
    expect(bridges).toEqual(expect.arrayContaining([BRIDGE, OTHER_BRIDGE]));
    expect(bridges).not.toContain('lo');
  });

  it('are there from the start, on their bridge or on none', async () => {
    const nics = [newNic({ mtu: 1400 }), newNic({ model: 'e1000', bridge: null, linked: false })];
    const vm = await running({ nics });
    expect(await nicsOf(vm)).toEqual(nics);
    await guestSays(vm, `nic \\w+ ${nics[0]?.mac ?? ''}`);
    const { stdout } = await execute('ip', ['-o', 'link', 'show', 'master', BRIDGE]);
    expect(stdout).toContain('mtu 1400');
  });

  it('are plugged in, changed and unplugged while the guest runs, as often as asked', async () => {
    const vm = await running();
    await guestSays(vm, 'ready');
    const nic = newNic({ mtu: 1400 });
    for (let time = 0; time < 2; time += 1) await plug(vm, nic);
    expect(await nicsOf(vm)).toEqual([nic]);
    await guestSays(vm, `nic-added \\w+ ${nic.mac}`);
    const elsewhere = { ...nic, bridge: OTHER_BRIDGE, linked: false };
    await plug(vm, { ...elsewhere, mtu: null });
    expect(await nicsOf(vm)).toEqual([elsewhere]);
    await agent.engine.ensure('ensure-nic-unplugged', unplugged(vm, nic));
    expect(await nicsOf(vm)).toEqual([]);
    await guestSays(vm, `nic-removed \\w+ ${nic.mac}`);
    await expect(agent.engine.ask('ensure-nic-unplugged', unplugged(vm, nic))).resolves.toEqual({ status: 'done' });
  });

  it.each(['e1000', 'rtl8139'] as const)('of the model %s come and go as well', async (model) => {
    const vm = await running();
    await guestSays(vm, 'ready');
    const nic = newNic({ model, bridge: null });
    await plug(vm, nic);
    expect(await nicsOf(vm)).toEqual([nic]);
    await agent.engine.ensure('ensure-nic-unplugged', unplugged(vm, nic));
    expect(await nicsOf(vm)).toEqual([]);
  });

  it('stay, and that is said, when the guest does not let them go', async () => {
    const nic = newNic();
    const vm = await running({ nics: [nic], os: { kernel: null, initrd: null, cmdline: null, bootDevices: ['hd'] } });
    await expect(agent.engine.ensure('ensure-nic-unplugged', unplugged(vm, nic))).rejects.toMatchObject({ code: 'guest_refused' });
    expect(await nicsOf(vm)).toEqual([nic]);
  });

  it('are refused without their bridge, as another device than they are, and without the VM', async () => {
    const [vm, nic] = [await running(), newNic()];
    await expect(plug(vm, newNic({ bridge: 'no-such-bridge' }))).rejects.toMatchObject({ code: 'bridge_not_found' });
    await plug(vm, nic);
    await expect(plug(vm, { ...nic, bridge: null })).rejects.toMatchObject({ code: 'device_conflict' });
    await expect(plug(vm, { ...nic, mac: newNic().mac })).rejects.toMatchObject({ code: 'device_conflict' });
    expect(await nicsOf(vm)).toEqual([nic]);
    await expect(plug(vmDefinition([]), nic)).rejects.toMatchObject({ code: 'domain_not_found' });
    await expect(running({ nics: [newNic({ bridge: 'no-such-bridge' })] })).rejects.toMatchObject({ code: 'bridge_not_found' });
  });
});

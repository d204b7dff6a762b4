import { type CommandRequest, type DiskDefinition, type VmDefinition, domainNameOf } from '@clinker/agent-protocol';
import { LibvirtClient } from '@clinker/libvirt';
import { PrivateLibvirtd } from '@clinker/testing';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { TestAgent } from '../testing/agent.testing';
import { consoleSays } from '../testing/console.testing';
import { createImage, diskDefinition, labMonitors, rbdSource, removeImage, secretDefinition, vmDefinition } from '../testing/lab.testing';
import { consoleLog } from './domain-xml.builder';

jest.setTimeout(120_000);

const GIB = 2 ** 30;
const run = promisify(execFile);
const NO_GUEST: VmDefinition['os'] = { kernel: null, initrd: null, cmdline: null, bootDevices: ['hd'] };

describe('domains on a real libvirt, QEMU and Ceph', () => {
  const secret = secretDefinition();
  const wrongKey = secretDefinition('AQCNVQFrK6ptLBAAX/OtiQisHcM7TQRLdYPuUw==');
  const noKey = secretDefinition(Buffer.from('no key of Ceph').toString('base64'));
  const images: string[] = [];
  const vms: string[] = [];
  const libvirtd = new PrivateLibvirtd();
  let agent: TestAgent;

  beforeAll(async () => {
    await libvirtd.start();
    agent = await TestAgent.create(libvirtd);
    agent.engine.secrets = { version: 1, secrets: [secret, wrongKey, noKey] };
    await agent.start();
  });
  afterEach(async () => {
    for (const vmId of vms.splice(0)) await agent.engine.ensure('ensure-domain-gone', { operationId: null, vmId });
    for (const image of images.splice(0)) await removeImage(image);
  });
  afterAll(async () => {
    await agent.remove();
    await libvirtd.stop();
  });

  const newDisk = async (changes: Partial<DiskDefinition> = {}, monitors = labMonitors()): Promise<DiskDefinition> => {
    const { image, sizeBytes } = await createImage(16);
    images.push(image);
    return diskDefinition(rbdSource(image, secret.uuid, monitors), sizeBytes, changes);
  };
  const newVm = (disks: DiskDefinition[], changes: Partial<VmDefinition> = {}): VmDefinition => {
    const vm = vmDefinition(disks, changes);
    vms.push(vm.vmId);
    return vm;
  };
  const running = (vm: VmDefinition): CommandRequest<'ensure-domain-running'> => ({ operationId: 'op', vm });
  const plug = (vm: VmDefinition, disk: DiskDefinition) =>
    agent.engine.ensure('ensure-disk-plugged', { operationId: 'op', vmId: vm.vmId, disk });
  const unplugged = (vm: VmDefinition, disk: DiskDefinition) => ({ operationId: 'op', vmId: vm.vmId, diskId: disk.diskId });
  const endOf = ({ vmId }: VmDefinition, event: string, detail: string) => ({ vmId, event, detail, diskId: null });
  const consoleOf = (vm: VmDefinition): string => consoleLog(agent.settings.CLINKER_CONSOLE_FOLDER, vm.vmId);
  const targetsOf = async (vm: VmDefinition): Promise<string[]> =>
    (await agent.engine.ask('inspect-domain', { vmId: vm.vmId })).domain.disks.map((disk) => disk.target);

  it('boots a guest that sees its disk, and one that runs is left alone', async () => {
    const disk = await newDisk({ interface: 'virtio', bootOrder: 1 });
    const vm = newVm([disk]);
    const started = await agent.engine.ensure('ensure-domain-running', running(vm));
    const report = { diskId: disk.diskId, target: 'vda', source: disk.source.image };
    expect(started).toEqual({
      status: 'done',
      domain: { vmId: vm.vmId, name: domainNameOf(vm), state: 'running', reason: 'booted', disks: [report] },
    });
    await consoleSays(consoleOf(vm), /clinker-guest: ready/);
    expect(await readFile(consoleOf(vm), 'utf8')).toMatch(new RegExp(`disk vda ${disk.sizeBytes} serial=${disk.diskId.slice(0, 20)}`));
    await expect(agent.engine.ensure('ensure-domain-running', running({ ...vm, disks: [] }))).resolves.toEqual(started);
  });

  it.each(['virtio', 'virtio_scsi'] as const)(
    'plugs a %s disk into a running guest and out again, as often as asked',
    async (diskInterface) => {
      const disk = await newDisk({ interface: diskInterface });
      const vm = newVm([]);
      await agent.engine.ensure('ensure-domain-running', running(vm));
      await consoleSays(consoleOf(vm), /clinker-guest: ready/);
      const plugged = await plug(vm, disk);
      expect(plugged).toMatchObject({ status: 'done', domain: { disks: [{ diskId: disk.diskId, source: disk.source.image }] } });
      await consoleSays(consoleOf(vm), new RegExp(`added \\w+ ${disk.sizeBytes} serial=${disk.diskId.slice(0, 20)}`));
      await expect(plug(vm, disk)).resolves.toEqual(plugged);
      await agent.engine.ensure('ensure-disk-unplugged', unplugged(vm, disk));
      await consoleSays(consoleOf(vm), /removed (vd|sd)/);
      await expect(targetsOf(vm)).resolves.toEqual([]);
      await expect(agent.engine.ask('ensure-disk-unplugged', unplugged(vm, disk))).resolves.toEqual({ status: 'done' });
      await plug(vm, disk);
      await expect(targetsOf(vm)).resolves.toHaveLength(1);
    },
  );

  it('remembers how a domain has ended, until it is started again', async () => {
    const vm = newVm([], { os: NO_GUEST });
    const ends = async () => (await agent.engine.ask('inspect-domain', { vmId: vm.vmId })).ends;
    await agent.engine.ensure('ensure-domain-running', running(vm));
    const crashed = agent.engine.next('domain', (notice) => notice.vmId === vm.vmId && notice.event === 'crashed');
    await run('pkill', ['-KILL', '-f', `uuid ${vm.vmId}`]);
    await crashed;
    expect(await ends()).toEqual([endOf(vm, 'crashed', 'failed')]);
    await agent.engine.ensure('ensure-domain-running', running(vm));
    expect(await ends()).toEqual([]);
    const stopped = agent.engine.next('domain', (notice) => notice.vmId === vm.vmId && notice.event === 'stopped');
    await agent.engine.ensure('ensure-domain-gone', { operationId: null, vmId: vm.vmId });
    await stopped;
    expect(await ends()).toEqual([endOf(vm, 'shut_down', 'host'), endOf(vm, 'stopped', 'destroyed')]);
  });

  it('takes many disks on both buses one after the other', async () => {
    const vm = newVm([]);
    await agent.engine.ensure('ensure-domain-running', running(vm));
    const buses = Array.from({ length: 10 }, (_, index) => (index % 2 ? 'virtio' : 'virtio_scsi'));
    const disks = await Promise.all(buses.map((diskInterface) => newDisk({ interface: diskInterface })));
    await Promise.all(disks.map((disk) => plug(vm, disk)));
    await expect(targetsOf(vm)).resolves.toEqual(expect.arrayContaining(['sda', 'sde', 'vda', 'vde']));
  });

  it('presses the power button, which the guest obeys, and tells the engine', async () => {
    const vm = newVm([]);
    await agent.engine.ensure('ensure-domain-running', running(vm));
    await consoleSays(consoleOf(vm), /clinker-guest: ready/);
    const stopped = agent.engine.next('domain', (notice) => notice.vmId === vm.vmId && notice.event === 'stopped');
    await agent.engine.ensure('ensure-domain-shutting-down', { operationId: 'op', vmId: vm.vmId });
    await expect(stopped).resolves.toMatchObject({ diskId: null, detail: 'shutdown' });
    const absent = { domain: { vmId: vm.vmId, name: '', state: 'absent', reason: '', disks: [] } };
    const ends = [endOf(vm, 'shut_down', 'guest'), endOf(vm, 'stopped', 'shutdown')];
    await expect(agent.engine.ask('inspect-domain', { vmId: vm.vmId })).resolves.toEqual({ ...absent, ends });
    await expect(agent.engine.ask('ensure-domain-shutting-down', { operationId: null, vmId: vm.vmId })).resolves.toEqual({
      status: 'done',
      ...absent,
    });
  });

  it('lets a guest start again by reboot and by reset, once for an operation', async () => {
    const vm = newVm([await newDisk()]);
    const starts = async () => (await readFile(consoleOf(vm), 'utf8')).match(/clinker-guest: ready/g)?.length;
    const restart = (how: 'reboot' | 'reset', operationId: string = randomUUID()) => ({ operationId, vmId: vm.vmId, how });
    const [reboot, reset] = [restart('reboot'), restart('reset')];
    await agent.engine.ensure('ensure-domain-running', running(vm));
    await consoleSays(consoleOf(vm), /clinker-guest: ready/);
    await expect(agent.engine.ensure('ensure-guest-restarted', reboot)).resolves.toMatchObject({ domain: { state: 'running' } });
    await consoleSays(consoleOf(vm), /ready[^]*clinker-guest: powering off[^]*clinker-guest: ready/);
    await agent.engine.ensure('ensure-guest-restarted', reset);
    await consoleSays(consoleOf(vm), /ready[^]*ready[^]*clinker-guest: ready/);
    for (const again of [reboot, reset]) await agent.engine.ensure('ensure-guest-restarted', again);
    await expect(targetsOf(vm)).resolves.toHaveLength(1);
    const stopped = agent.engine.next('domain', (notice) => notice.vmId === vm.vmId && notice.event === 'stopped');
    await agent.engine.ensure('ensure-domain-shutting-down', { operationId: 'op', vmId: vm.vmId });
    await stopped;
    await expect(starts()).resolves.toBe(3);
    const gone = await agent.engine.ensure('ensure-guest-restarted', restart('reset'));
    expect(gone).toMatchObject({ domain: { state: 'absent' } });
  });

  it('starts anew when it is asked to while the last run ends', async () => {
    const vm = newVm([await newDisk()]);
    await agent.engine.ensure('ensure-domain-running', running(vm));
    await consoleSays(consoleOf(vm), /clinker-guest: ready/);
    const ending = agent.engine.next('domain', (notice) => notice.vmId === vm.vmId && notice.event === 'shut_down');
    await agent.engine.ensure('ensure-domain-shutting-down', { operationId: 'op', vmId: vm.vmId });
    await ending;
    await expect(agent.engine.ensure('ensure-domain-running', running(vm))).resolves.toMatchObject({
      domain: { state: 'running', reason: 'booted' },
    });
  });

  it('says in_progress while a guest does not let a disk go, and the VM can be ended meanwhile', async () => {
    const disk = await newDisk({ interface: 'virtio' });
    const vm = newVm([disk], { os: NO_GUEST });
    await agent.engine.ensure('ensure-domain-running', running(vm));
    const asked = agent.engine.ask('ensure-disk-unplugged', unplugged(vm, disk));
    await expect(asked).resolves.toEqual({ status: 'in_progress' });
    const asking = agent.engine.ask('ensure-disk-unplugged', unplugged(vm, disk));
    await agent.engine.ensure('ensure-domain-gone', { operationId: 'op', vmId: vm.vmId });
    await expect(asking).resolves.toEqual({ status: 'done' });
  });

  it('starts one domain when two ask at once, and ends what is not there', async () => {
    const disk = await newDisk();
    const vm = newVm([disk], { os: NO_GUEST });
    const both = await Promise.all([
      agent.engine.ensure('ensure-domain-running', running(vm)),
      agent.engine.ensure('ensure-domain-running', { operationId: 'other', vm }),
    ]);
    expect(both[1]).toEqual(both[0]);
    const gone = { operationId: 'op', vmId: vm.vmId };
    await Promise.all([
      agent.engine.ensure('ensure-domain-gone', gone),
      agent.engine.ensure('ensure-domain-gone', { ...gone, operationId: 'other' }),
    ]);
    const { domains } = await agent.engine.ask('inventory', {});
    expect(domains.map((domain) => domain.vmId)).not.toContain(vm.vmId);
  });

  describe('refuses, and leaves nothing behind:', () => {
    const refusal = async (vm: VmDefinition, code: string): Promise<void> => {
      await expect(agent.engine.ensure('ensure-domain-running', running(vm))).rejects.toMatchObject({ code });
      await expect(agent.engine.ask('inspect-domain', { vmId: vm.vmId })).resolves.toMatchObject({ domain: { state: 'absent' } });
    };
    const started = async (disks: DiskDefinition[]): Promise<VmDefinition> => {
      const vm = newVm(disks, { os: NO_GUEST });
      await agent.engine.ensure('ensure-domain-running', running(vm));
      return vm;
    };

    it('an image that is not there, and one of another size', async () => {
      const disk = await newDisk();
      await refusal(newVm([{ ...disk, source: { ...disk.source, image: 'volumes/no-such-image' } }]), 'image_not_found');
      await refusal(newVm([{ ...disk, source: { ...disk.source, image: 'no-such-pool/image' } }]), 'image_not_found');
      await refusal(newVm([{ ...disk, sizeBytes: GIB }]), 'image_size_differs');
    });

    it('a wrong key, an unknown user and a secret that nobody knows', async () => {
      const disk = await newDisk();
      await refusal(newVm([{ ...disk, source: { ...disk.source, secretUuid: wrongKey.uuid } }]), 'access_denied');
      await refusal(newVm([{ ...disk, source: { ...disk.source, secretUuid: noKey.uuid } }]), 'access_denied');
      await refusal(newVm([{ ...disk, source: { ...disk.source, user: 'nobody' } }]), 'access_denied');
      await refusal(newVm([{ ...disk, source: { ...disk.source, secretUuid: secretDefinition().uuid } }]), 'secret_missing');
    });

    it('monitors that are all dead, within 5 s, whether they refuse or are silent', async () => {
      for (const host of ['127.0.0.1', '10.255.255.1', '192.0.2.1']) {
        const disk = diskDefinition(
          rbdSource(
            'volumes/any',
            secret.uuid,
            [1, 2, 3].map((port) => ({ host, port })),
          ),
          GIB,
        );
        const since = performance.now();
        await refusal(newVm([disk]), 'monitors_unreachable');
        expect(performance.now() - since).toBeLessThan(5_000);
      }
    });

    it('a kernel that is not on the host and memory that it has not', async () => {
      await refusal(newVm([], { os: { ...NO_GUEST, kernel: '/no/such/kernel' } }), 'file_not_found');
      await refusal(newVm([], { memoryBytes: 2 ** 50 }), 'not_enough_memory');
    });

    it('an image that another VM has, unless both share it', async () => {
      const [own, shared] = [await newDisk(), await newDisk({ shareable: true })];
      const first = await started([own, shared]);
      await refusal(newVm([{ ...own, diskId: secretDefinition().uuid }], { os: NO_GUEST }), 'device_conflict');
      await refusal(newVm([own, { ...own, diskId: secretDefinition().uuid }]), 'device_conflict');
      const second = await started([{ ...shared, diskId: secretDefinition().uuid }]);
      await expect(plug(second, own)).rejects.toMatchObject({ code: 'device_conflict' });
      await expect(plug(first, { ...own, diskId: secretDefinition().uuid })).rejects.toMatchObject({ code: 'device_conflict' });
      await expect(plug(first, { ...own, source: shared.source })).rejects.toMatchObject({ code: 'device_conflict' });
    });

    it('to plug into a VM that does not run', async () => {
      await expect(plug(vmDefinition([]), await newDisk())).rejects.toMatchObject({ code: 'domain_not_found' });
    });
  });

  it('starts with one monitor of three dead, which it names last', async () => {
    const live = labMonitors().slice(1);
    const dead = { host: '192.0.2.1', port: null };
    const vm = newVm([await newDisk({}, [dead, ...live])], { os: NO_GUEST });
    await expect(agent.engine.ensure('ensure-domain-running', running(vm))).resolves.toMatchObject({ domain: { state: 'running' } });
    const libvirt = new LibvirtClient({ socketPath: libvirtd.socketPath });
    await libvirt.connect();
    const xml = await libvirt.domains.xml(vm.vmId);
    await libvirt.close();
    const hosts = [...xml.matchAll(/<host name='([^']+)'/g)].map((match) => match[1]);
    expect(hosts).toEqual([...live, dead].map((monitor) => monitor.host));
  });
});

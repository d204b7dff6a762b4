import { endingSteps } from './vm.ending';
import { ComputeFixture, GIB, ORIGIN } from './testing/compute.fixture';
import { Vm } from './vm.entity';
import { asNextRun } from './vm.next-run';

let compute: ComputeFixture;
const now = (id: string) => compute.db.findOneByOrFail(Vm, { id });
const planned = async (id: string) => asNextRun(await now(id));

/** A VM with one GiB of memory that runs. */
async function running(name: string): Promise<string> {
  await compute.host('a');
  const { id } = await compute.vm(name);
  await compute.power.start(id, {}, ORIGIN);
  await compute.db.update(Vm, { id }, { status: 'up', startTime: new Date() });
  return id;
}

/** Stops it as far as the database has to do with it. */
async function stop(vmId: string): Promise<void> {
  await compute.power.stop(vmId, ORIGIN);
  const last = endingSteps(null as never).at(-1);
  if (last?.kind !== 'transaction') throw new Error('The last step notes that the VM is down');
  const ctx = { operationId: vmId, correlationId: 'spec', isFirst: true, signal: new AbortController().signal } as never;
  await compute.db.transaction((tx) => last.run({ vmId, vmName: '', reason: '' }, tx, ctx));
}

beforeAll(async () => {
  compute = await ComputeFixture.create();
});
afterAll(() => compute?.close());
beforeEach(() => compute.clear());

describe('changes of a running VM', () => {
  it('are made at once where the guest sees nothing of them, and wait for the end of the run where it would', async () => {
    const id = await running('web');
    await compute.vms.update(id, {
      name: 'web2',
      description: 'mine',
      delete_protected: true,
      memory: 2 * GIB,
      cpu: { topology: { cores: 2 } },
    });
    const atOnce = { name: 'web2', description: 'mine', deleteProtected: true };
    expect(await now(id)).toMatchObject({ ...atOnce, memory: GIB, cores: 1, nextRun: { memory: 2 * GIB, cores: 2 } });
    expect(await planned(id)).toMatchObject({ ...atOnce, memory: 2 * GIB, cores: 2 });
    await stop(id);
    expect(await now(id)).toMatchObject({ ...atOnce, status: 'down', memory: 2 * GIB, cores: 2, nextRun: null });
    expect(await compute.eventTexts()).toContain('VM web2 configuration was updated by system.');
  });

  it('build on those that wait already', async () => {
    const id = await running('web');
    await compute.vms.update(id, { os: { kernel: '/boot/other' }, memory: 2 * GIB });
    await compute.vms.update(id, { os: { cmdline: 'quiet' } });
    await compute.vms.update(id, { comment: 'live' });
    expect(await now(id)).toMatchObject({ comment: 'live', nextRun: { osKernel: '/boot/other', osCmdline: 'quiet', memory: 2 * GIB } });
    await compute.vms.update(id, { memory: GIB });
    expect((await now(id)).nextRun).toEqual({ osKernel: '/boot/other', osCmdline: 'quiet' });
  });

  it('wait no longer when they are taken back', async () => {
    const id = await running('web');
    await compute.vms.update(id, { os: { boot: { devices: ['network', 'hd'] } } });
    expect((await now(id)).nextRun).toEqual({ bootDevices: ['network', 'hd'] });
    await compute.vms.update(id, { os: { boot: { devices: ['hd'] } } });
    expect((await now(id)).nextRun).toBeNull();
  });

  it('all wait if they are asked to, but the name, which another VM may want; what is changed at once later waits no more', async () => {
    const id = await running('web');
    const changes = {
      name: 'web2',
      description: 'later',
      custom_cpu_model: 'EPYC',
      bios: { type: 'q35_ovmf', boot_menu: { enabled: true } },
    };
    await compute.vms.update(id, changes, true);
    const unapplied = { custom_cpu_model: 'EPYC', bios: changes.bios };
    expect(await now(id)).toMatchObject({ name: 'web2', description: '', unapplied: {}, nextRun: { description: 'later', unapplied } });
    await compute.vms.update(id, { comment: 'live' });
    expect(await now(id)).toMatchObject({ comment: 'live', nextRun: { description: 'later', unapplied } });
    await compute.vms.update(id, {
      description: 'now',
      bios: { boot_menu: { enabled: true }, type: 'q35_ovmf' },
      custom_cpu_model: 'EPYC',
    });
    expect(await now(id)).toMatchObject({ description: 'now', unapplied, nextRun: null });
  });

  it('are made at once if the VM is down, whatever is asked', async () => {
    const { id } = await compute.vm('web');
    await compute.vms.update(id, { memory: 2 * GIB }, true);
    expect(await now(id)).toMatchObject({ memory: 2 * GIB, nextRun: null });
  });

  it('are checked as those of a VM that is down, together with what waits', async () => {
    const id = await running('web');
    await compute.vms.update(id, { memory: 2 * GIB });
    const before = await now(id);
    const initrd = compute.vms.update(id, { comment: 'x', os: { kernel: '', initrd: '/i' } });
    await expect(initrd).rejects.toThrow('An initrd or a kernel command line needs a kernel.');
    const guaranteed = compute.vms.update(id, { comment: 'x', memory_policy: { guaranteed: 3 * GIB } }, true);
    await expect(guaranteed).rejects.toThrow('Physical Memory Guaranteed cannot exceed Memory Size');
    await compute.vm('taken');
    await expect(compute.vms.update(id, { comment: 'x', name: 'taken', memory: GIB })).rejects.toThrow('name is already in use');
    expect(await now(id)).toEqual(before);
  });

  it('are found by search, and do not count for the host before they are made', async () => {
    const id = await running('web');
    await compute.vms.update(id, { memory: 64 * GIB });
    const { id: other } = await compute.vm('other');
    await compute.power.start(other, {}, ORIGIN);
    const list = await compute.vms.list({ search: 'next_run_config_exists=true', max: undefined, caseSensitive: false });
    expect(list.map((vm) => vm.name)).toEqual(['web']);
  });

  it('are refused while the disks of the VM are worked on, and so is another cluster while it runs', async () => {
    const id = await running('web');
    await expect(compute.vms.update(id, { cluster: { name: 'Nowhere' } })).rejects.toThrow('Nowhere');
    const { id: locked } = await compute.vm('locked');
    await compute.db.update(Vm, { id: locked }, { status: 'image_locked' });
    await expect(compute.vms.update(locked, { memory: 2 * GIB })).rejects.toThrow('Cannot edit VM. VM is locked.');
    await compute.vms.update(locked, { comment: 'live' });
    expect(await now(locked)).toMatchObject({ comment: 'live', memory: GIB });
  });

  it('cannot be forgotten: a VM that is down has none', async () => {
    const id = await running('web');
    await compute.vms.update(id, { memory: 2 * GIB });
    await expect(compute.db.update(Vm, { id }, { status: 'down' })).rejects.toThrow('nothing_waits_while_down');
  });
});

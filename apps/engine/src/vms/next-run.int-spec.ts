import { Operation } from '@clinker/sagas';
import { randomUUID } from 'node:crypto';
import type { DiskId, VolumeId } from '../disks/disk.entity';
import { EventsService } from '../events/events.service';
import { SnapshotMemory } from '../snapshot-memory/snapshot-memory.entity';
import { recordSnapshot } from '../snapshots/snapshot.recording';
import { VmSnapshot } from '../snapshots/vm-snapshot.entity';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import { endingSteps } from './vm.ending';
import { ComputeFixture, GIB, ORIGIN } from './testing/compute.fixture';
import { RunVmSaga } from './run-vm.saga';
import { VmStarting } from './vm.starting';
import { ShutDownVmSaga } from './shut-down-vm.saga';
import { Vm } from './vm.entity';
import { asNextRun } from './vm.next-run';

let compute: ComputeFixture;
const now = (id: string) => compute.db.findOneByOrFail(Vm, { id });
const planned = async (id: string) => asNextRun(await now(id));

/** The steps of which the database is all that they touch ask nothing of it. */
const CONTEXT = {} as never;

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
  await noteDown(vmId);
}

async function noteDown(vmId: string): Promise<void> {
  const last = endingSteps(null as never).at(-1);
  if (last?.kind !== 'transaction') throw new Error('The last step notes that the VM is down');
  await compute.db.transaction((tx) => last.run({ vmId, vmName: '', reason: '' }, tx, CONTEXT));
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

describe('a reboot', () => {
  const POWERED_OFF = { status: 'finished' } as const;

  /** Ends the shutdown that a reboot is, as far as the database has to do with it. */
  async function rebooted(vmId: string): Promise<Vm> {
    const [operation] = await compute.db.findBy(Operation, { saga: 'shut-down-vm' });
    expect(operation?.description).toBe('Rebooting VM web');
    await noteDown(vmId);
    const saga = new ShutDownVmSaga(new EventsService(compute.db), null as never, compute.operations, null as never);
    const at = saga.state.parse(operation?.state);
    await compute.db.transaction((tx) => saga.ended(at, POWERED_OFF, tx, { ...operation!, ownerId: ORIGIN.ownerId }));
    return now(vmId);
  }

  it('starts a VM anew for which changes wait', async () => {
    const id = await running('web');
    await compute.vms.update(id, { memory: 2 * GIB });
    await compute.power.restart(id, 'reboot', ORIGIN);
    expect((await now(id)).status).toBe('powering_down');
    expect(await rebooted(id)).toMatchObject({ status: 'wait_for_launch', memory: 2 * GIB, nextRun: null });
    expect(await compute.eventTexts()).toContain('The reboot of VM web was initiated.');
  });

  it('leaves it down if it does not fit on a host any more, and says why', async () => {
    const id = await running('web');
    await compute.vms.update(id, { memory: 64 * GIB });
    await compute.power.restart(id, 'reboot', ORIGIN);
    expect(await rebooted(id)).toMatchObject({ status: 'down', memory: 64 * GIB, hostId: null });
    expect((await compute.eventTexts()).at(-1)).toMatch(/^VM web was shut down, but not started anew: Cannot run VM\. There is no host/);
  });

  it('starts only the guest again where nothing waits, and by a reset in any case', async () => {
    const id = await running('web');
    await compute.power.restart(id, 'reboot', ORIGIN);
    await compute.vms.update(id, { memory: 2 * GIB });
    await compute.power.restart(id, 'reset', ORIGIN);
    expect(await now(id)).toMatchObject({ status: 'up', memory: GIB, nextRun: { memory: 2 * GIB } });
  });
});

describe('a run with settings of its own', () => {
  const NETWORK = { os: { kernel: '', boot: { devices: ['network' as const] } } };

  /** A VM that boots a kernel, and runs with other settings this time. */
  const runOnce = async (name: string, vm: object): Promise<string> => {
    await compute.host('a');
    const { id } = await compute.vm(name);
    await compute.power.start(id, { vm }, ORIGIN);
    return id;
  };
  const up = (id: string) => compute.db.update(Vm, { id }, { status: 'up', startTime: new Date() });

  it('has them until it ends, whatever is changed meanwhile', async () => {
    const id = await runOnce('web', { ...NETWORK, memory: 2 * GIB });
    await up(id);
    const runs = { osKernel: null, bootDevices: ['network'], memory: 2 * GIB };
    const was = { osKernel: '/boot/vmlinuz', bootDevices: ['hd'], memory: GIB };
    expect(await now(id)).toMatchObject({ ...runs, runOnce: was, nextRun: null });
    expect(await planned(id)).toMatchObject(was);
    await compute.vms.update(id, { description: 'live', os: { boot: { devices: ['hd'] } } });
    expect(await now(id)).toMatchObject({ ...runs, description: 'live', runOnce: was, nextRun: null });
    await compute.vms.update(id, { memory: 3 * GIB });
    expect((await now(id)).nextRun).toEqual({ memory: 3 * GIB });
    await stop(id);
    const after = { ...was, description: 'live', memory: 3 * GIB };
    expect(await now(id)).toMatchObject({ ...after, status: 'down', runOnce: null, nextRun: null });
  });

  it('has the settings of the VM if it asks for none, but is one of its own all the same', async () => {
    const id = await runOnce('web', {});
    expect(await now(id)).toMatchObject({ osKernel: '/boot/vmlinuz', runOnce: {} });
    await up(id);
    await stop(id);
    expect((await now(id)).runOnce).toBeNull();
    await compute.power.start(id, {}, ORIGIN);
    expect((await now(id)).runOnce).toBeNull();
  });

  it('finds its host by them', async () => {
    await compute.host('a');
    const { id } = await compute.vm('web');
    await expect(compute.power.start(id, { vm: { memory: 64 * GIB } }, ORIGIN)).rejects.toThrow('available memory is too low');
    expect(await now(id)).toMatchObject({ status: 'down', memory: GIB, runOnce: null });
  });

  it('ends with its start if that is taken back', async () => {
    const id = await runOnce('web', NETWORK);
    const { name } = await now(id);
    const [choose] = new RunVmSaga(new VmStarting(null as never, null as never, null as never, null as never)).steps;
    if (choose?.kind !== 'transaction') throw new Error('The first step chooses a host');
    await compute.db.transaction(async (tx) => choose.undo?.({ vmId: id, vmName: name }, tx, CONTEXT));
    expect(await now(id)).toMatchObject({ status: 'down', osKernel: '/boot/vmlinuz', bootDevices: ['hd'], runOnce: null });
  });

  it.each([
    [{ os: { kernel: '', cmdline: 'quiet' } }, 'Cannot run VM. An initrd or a kernel command line needs a kernel.'],
    [{ memory: GIB, memory_policy: { guaranteed: 2 * GIB } }, 'Cannot run VM. Physical Memory Guaranteed cannot exceed Memory Size.'],
    [{ os: { kernel: '' } }, 'Cannot run VM without at least one bootable disk.'],
    [{ stateless: true }, 'Cannot run VM. Stateless VMs are not supported.'],
  ])('is refused with %j, and nothing has changed', async (vm, text) => {
    await compute.host('a');
    const { id } = await compute.vm('web');
    const before = await now(id);
    await expect(compute.power.start(id, { vm }, ORIGIN)).rejects.toThrow(text);
    expect(await now(id)).toEqual(before);
  });

  it('does not go on from the memory of a snapshot, which fits the settings of then', async () => {
    const { domainId: storageDomainId } = await compute.domain('cephA');
    const { providerId } = await compute.db.findOneByOrFail(StorageDomain, { id: storageDomainId });
    await compute.host('a');
    const { id } = await compute.vm('web');
    const configuration = { vm: {} as never, diskAttachments: [], nics: [] };
    const snapshot = { id: randomUUID(), vmId: id, description: '', type: 'regular' as const, status: 'ok' as const, configuration };
    await compute.db.insert(VmSnapshot, { ...snapshot, persistMemorystate: true, creationTime: new Date() });
    const kept = { id: randomUUID() as string as DiskId, snapshotId: snapshot.id, vmId: id, storageDomainId, providerId, quotaId: null };
    const volumeId = randomUUID() as string as VolumeId;
    await compute.db.insert(SnapshotMemory, { ...kept, volumeId, imageBytes: 1, provisionedSize: GIB, forNextRun: true });
    const started = compute.power.start(id, { vm: { memory: 2 * GIB } }, ORIGIN);
    await expect(started).rejects.toThrow('It goes on from the memory of a snapshot');
    await compute.power.start(id, { vm: { memory: GIB } }, ORIGIN);
    expect(await now(id)).toMatchObject({ status: 'wait_for_launch', runOnce: {} });
  });

  it.each([
    ['leaves no trace in a snapshot', false, { osKernel: '/boot/vmlinuz', bootDevices: ['hd'] }],
    ['is what a snapshot with memory keeps', true, { osKernel: null, bootDevices: ['network'] }],
  ])('%s', async (_what, memory, kept) => {
    const vmId = await runOnce('web', NETWORK);
    await up(vmId);
    await compute.vms.update(vmId, { memory: 2 * GIB });
    const at = { vmId, vmName: 'web', snapshotId: randomUUID(), description: '', diskIds: null, disks: [], hostName: null };
    await compute.db.transaction((tx) => recordSnapshot(tx, at, memory, new EventsService(compute.db)));
    const { configuration } = await compute.db.findOneByOrFail(VmSnapshot, { id: at.snapshotId });
    expect(configuration.vm).toMatchObject({ ...kept, memory: GIB });
  });

  it('leaves no trace in a clone that is made meanwhile', async () => {
    const id = await runOnce('web', NETWORK);
    await up(id);
    const clone = await compute.adder.clone(id, 'copy', ORIGIN, false);
    expect(clone).toMatchObject({ osKernel: '/boot/vmlinuz', bootDevices: ['hd'], runOnce: null });
  });
});

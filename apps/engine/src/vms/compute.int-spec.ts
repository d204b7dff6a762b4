import { randomUUID } from 'node:crypto';
import { ConflictError, NotFoundError } from '../errors/domain.errors';
import { DiskAttachment, VolumeAttachment } from '../disk-attachments/disk-attachment.entity';
import { Disk } from '../disks/disk.entity';
import { Host } from '../hosts/host.entity';
import { nicDefinition, pluggedNics } from '../networks/nic.definition';
import { VmSnapshot } from '../snapshots/vm-snapshot.entity';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import { UNKNOWN_CAUSE } from './domain.verdict';
import { ComputeFixture, GIB, ORIGIN } from './testing/compute.fixture';
import { Vm } from './vm.entity';

let compute: ComputeFixture;
const start = (id: string) => compute.power.start(id, {}, ORIGIN);
const vmNow = (id: string) => compute.db.findOneByOrFail(Vm, { id });
const messageOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'nothing was thrown',
    (error: Error) => error.message,
  );
const outcomes = async (work: Promise<unknown>[]): Promise<string[]> =>
  (await Promise.allSettled(work)).map((one) => (one.status === 'fulfilled' ? 'done' : (one.reason as Error).message)).sort();

beforeAll(async () => {
  compute = await ComputeFixture.create();
});
afterAll(() => compute?.close());
beforeEach(() => compute.clear());

describe('adding and changing VMs', () => {
  it('gives a new VM the Blank template and shows it by name, status and cluster', async () => {
    const vm = await compute.vm('web', { memory: 2 * GIB });
    expect(vm).toMatchObject({ status: 'down', memory: 2 * GIB, memoryGuaranteed: 2 * GIB, memoryMax: 8 * GIB, hostId: null });
    await compute.vm('other');
    const search = async (text: string) =>
      (await compute.vms.list({ search: text, max: undefined, caseSensitive: false })).map(({ name }) => name);
    expect(await search('name="web" and status=down and cluster=Default')).toEqual(['web']);
    expect(await search('')).toEqual(['other', 'web']);
    expect(await search('name=* sortby name desc')).toEqual(['web', 'other']);
    expect(await search('host=*nowhere*')).toEqual([]);
  });

  it('lets one of two of the same name win', async () => {
    expect(await outcomes([compute.vm('web'), compute.vm('web')])).toEqual([
      'Cannot add VM. The VM name is already in use, please choose a unique name and try again.',
      'done',
    ]);
  });

  it('does not know other clusters and templates', async () => {
    const names = { name: 'web', cluster: { name: 'Default' }, template: { name: 'Blank' } };
    await expect(compute.adder.add({ ...names, instance_type: { name: 'Huge' } }, ORIGIN)).rejects.toThrow(NotFoundError);
    await expect(compute.adder.add({ ...names, cluster: { name: 'Nowhere' } }, ORIGIN)).rejects.toThrow(NotFoundError);
    await expect(compute.adder.add({ ...names, template: { name: 'Golden' } }, ORIGIN)).rejects.toThrow(NotFoundError);
    expect(await compute.db.count(Vm)).toBe(0);
  });

  it('has the size of its instance type, unless it asks for another, and a running one gets it for its next run', async () => {
    const names = { cluster: { name: 'Default' }, template: { name: 'Blank' }, os: { kernel: '/boot/vmlinuz' } };
    const [medium, large] = [{ name: 'Medium' }, { name: 'Large' }];
    const vm = await compute.adder.add({ name: 'web', ...names, instance_type: medium }, ORIGIN);
    expect(vm).toMatchObject({ memory: 4 * GIB, memoryGuaranteed: 4 * GIB, sockets: 2, cores: 1 });
    const own = { name: 'own', ...names, instance_type: medium, memory: GIB, cpu: { topology: { cores: 3 } } };
    expect(await compute.adder.add(own, ORIGIN)).toMatchObject({ memory: GIB, sockets: 2, cores: 3, instanceTypeId: vm.instanceTypeId });
    expect(await compute.vms.update(vm.id, { memory: 2 * GIB })).toMatchObject({ memory: 2 * GIB, instanceTypeId: vm.instanceTypeId });
    expect(await compute.vms.update(vm.id, { instance_type: medium })).toMatchObject({ memory: 2 * GIB });
    expect(await compute.vms.update(vm.id, { instance_type: large })).toMatchObject({ memory: 8 * GIB, sockets: 2 });
    await compute.db.update(Vm, { id: vm.id }, { status: 'up' });
    expect(await compute.vms.update(vm.id, { instance_type: medium })).toMatchObject({ memory: 8 * GIB, nextRun: { memory: 4 * GIB } });
  });

  it('runs on the host to which it is pinned and on no other, and that host stays', async () => {
    const [a, b] = [await compute.host('a'), await compute.host('b')];
    const names = { cluster: { name: 'Default' }, template: { name: 'Blank' }, os: { kernel: '/boot/vmlinuz' } };
    const policy = { affinity: 'pinned', hosts: [{ name: 'b' }] };
    const vm = await compute.adder.add({ name: 'web', ...names, placement_policy: policy }, ORIGIN);
    expect(vm).toMatchObject({ placementHostIds: [b], unapplied: { placement_policy: { affinity: 'pinned' } } });
    await compute.db.update(Host, { id: b }, { status: 'maintenance' });
    expect(await messageOf(compute.power.start(vm.id, {}, ORIGIN))).toContain('The host a did not satisfy internal filter PinToHost');
    expect(await messageOf(compute.hosts.remove(b))).toContain('configured to run only on this Host: web.');
    await compute.vms.update(vm.id, { placement_policy: { affinity: 'migratable' } });
    await compute.hosts.remove(b);
    expect(await compute.vms.get(vm.id)).toMatchObject({ placementHostIds: [] });
    await compute.power.start(vm.id, {}, ORIGIN);
    expect(await compute.vms.get(vm.id)).toMatchObject({ hostId: a });
    const other = { name: 'other', ...names, placement_policy: { hosts: [{ name: 'c' }] } };
    await expect(compute.adder.add(other, ORIGIN)).rejects.toThrow(NotFoundError);
  });

  it('brings disks that exist, or no VM at all', async () => {
    const { domainId } = await compute.domain('cephA');
    const names = { cluster: { name: 'Default' }, template: { name: 'Blank' } };
    const [free, locked] = [await compute.disk('free', domainId), await compute.disk('locked', domainId, { status: 'locked' })];
    const add = (name: string, id: string) =>
      compute.adder.add({ name, ...names, disk_attachments: [{ active: true, bootable: true, disk: { id } }] }, ORIGIN);
    const { id: vmId } = await add('web', free);
    expect(await compute.db.find(DiskAttachment)).toMatchObject([{ vmId, diskId: free, plugged: true, bootable: true }]);
    expect(await messageOf(add('second', free))).toContain('is already attached to VM(s): web');
    expect(await messageOf(add('third', locked))).toContain('Disk is locked');
    await expect(compute.adder.add({ name: 'fourth', ...names, disk_attachments: [{ disk: {} }] }, ORIGIN)).rejects.toThrow(
      'Only disks that exist',
    );
    expect((await compute.db.find(Vm)).map(({ name }) => name)).toEqual(['web']);
  });
});

describe('starting', () => {
  it('reserves the VM, its host and its volumes at once', async () => {
    const hostId = await compute.host('a');
    const { domainId } = await compute.domain('cephA');
    await compute.db.update(Host, { id: hostId }, { secretUuids: await keys() });
    const { id } = await compute.vm('web', { os: {} });
    const diskId = await compute.disk('data', domainId);
    await compute.attach(diskId, id);
    await compute.attach(await compute.disk('spare', domainId), id, { bootable: false, plugged: false });
    await start(id);
    expect(await vmNow(id)).toMatchObject({ status: 'wait_for_launch', hostId });
    expect(await compute.db.find(VolumeAttachment)).toMatchObject([
      { diskId, vmId: id, hostId, state: 'intended', cinderAttachmentId: null },
    ]);
    expect(await compute.eventTexts()).toContain('VM web is starting on host a.');
  });

  it('happens once, however often it is asked for at the same time', async () => {
    await compute.host('a');
    const { id } = await compute.vm('web');
    expect(await outcomes([start(id), start(id), start(id)])).toEqual([
      'Cannot run VM. VM is running.',
      'Cannot run VM. VM is running.',
      'done',
    ]);
  });

  it('never gives away more memory than there is, however many start at the same time', async () => {
    await compute.host('a', { memoryBytes: 4 * GIB });
    await compute.host('b', { memoryBytes: 4 * GIB });
    const vms = await Promise.all(['v1', 'v2', 'v3', 'v4'].map((name) => compute.vm(name, { memory: 3 * GIB })));
    const [refused, , done] = await outcomes(vms.map(({ id }) => start(id)));
    expect(refused).toBe(
      'Cannot run VM. There is no host that satisfies current scheduling constraints. See below for details:, ' +
        'The host a did not satisfy internal filter Memory because its available memory is too low (573 MB) to run the VM., ' +
        'The host b did not satisfy internal filter Memory because its available memory is too low (573 MB) to run the VM.',
    );
    expect(done).toBe('done');
    expect((await compute.db.find(Vm)).filter(({ status }) => status === 'wait_for_launch')).toHaveLength(2);
  });

  it('says that there are no hosts, and leaves the VM as it was', async () => {
    const { id } = await compute.vm('web');
    expect(await messageOf(start(id))).toContain(
      'There is no host that satisfies current scheduling constraints. See below for details:, The cluster has no hosts.',
    );
    expect(await vmNow(id)).toMatchObject({ status: 'down', hostId: null });
    expect(await compute.db.query('SELECT FROM operation')).toEqual([]);
  });

  it('needs a disk to boot from, the keys of its provider, and unlocked disks in active domains', async () => {
    await compute.host('a');
    const { domainId } = await compute.domain('cephA');
    const { id } = await compute.vm('web', { os: {} });
    expect(await messageOf(start(id))).toBe('Cannot run VM without at least one bootable disk.');
    const diskId = await compute.disk('data', domainId);
    await compute.attach(diskId, id);
    expect(await messageOf(start(id))).toContain('The host a does not have the authentication keys of cephA yet.');
    await compute.db.update(Disk, { id: diskId }, { status: 'locked' });
    expect(await messageOf(start(id))).toContain('The following disks are locked: data');
    await compute.db.update(Disk, { id: diskId }, { status: 'ok' });
    await compute.db.update(StorageDomain, { id: domainId }, { status: 'maintenance' });
    expect(await messageOf(start(id))).toContain("The relevant Storage Domain's status is maintenance.");
    await compute.db.update(DiskAttachment, { diskId }, { status: 'locked', plugged: false });
    expect(await messageOf(start(id))).toContain('Related operation is currently in progress.');
  });

  it('needs a host with the bridges of its networks, but not that of the management network', async () => {
    await compute.host('a', { bridges: ['lan'] });
    const { id } = await compute.vm('web');
    const [management, lan] = [await compute.nic(id, 'ovirtmgmt'), await compute.nic(id, 'lan')];
    await start(id);
    const told = 'Interface ovirtmgmt of VM web is connected to nothing: host a has no bridge for the network ovirtmgmt.';
    expect((await compute.eventTexts()).filter((text) => text.includes('connected to nothing'))).toEqual([told]);
    await compute.db.update(Vm, { id }, { status: 'down', hostId: null });
    await compute.host('a', { bridges: ['ovirtmgmt'], networkBridges: { lan: 'br1' } });
    expect(await messageOf(start(id))).toContain('The host a did not satisfy internal filter Network because network(s) lan are missing.');
    await compute.host('a', { bridges: ['ovirtmgmt', 'br1'], networkBridges: { lan: 'br1' } });
    await start(id);
    expect((await vmNow(id)).status).toBe('wait_for_launch');
    const definition = async (nicId: string) => {
      const { capabilities } = await compute.db.findOneByOrFail(Host, { name: 'a' });
      const found = (await pluggedNics(compute.db, id)).find(({ nic }) => nic.id === nicId);
      return found && nicDefinition(nicId, found.nic, found.network, capabilities);
    };
    expect(await definition(management)).toMatchObject({ bridge: 'ovirtmgmt', model: 'virtio', linked: true, mtu: null });
    expect(await definition(lan)).toMatchObject({ bridge: 'br1', mtu: 9000 });
  });

  it('keeps two VMs from one volume, whatever is left of the other', async () => {
    const hostId = await compute.host('a');
    const { domainId } = await compute.domain('cephA');
    await compute.db.update(Host, { id: hostId }, { secretUuids: await keys() });
    const [first, second] = [await compute.vm('first'), await compute.vm('second')];
    const diskId = await compute.disk('data', domainId);
    await compute.attach(diskId, first.id);
    await start(first.id);
    await compute.db.delete(DiskAttachment, { diskId });
    await compute.attach(diskId, second.id);
    expect(await messageOf(start(second.id))).toBe('Cannot run VM. Disk data is not shareable and is already attached to VM(s): first.');
    await compute.db.update(Disk, { id: diskId }, { shareable: true });
    await expect(start(second.id)).resolves.toEqual(expect.any(String));
  });
});

describe('stopping', () => {
  const running = async (name: string): Promise<string> => {
    await compute.host('a');
    const { id } = await compute.vm(name);
    await start(id);
    await compute.db.update(Vm, { id }, { status: 'up', startTime: new Date('2026-01-01T00:00:00Z') });
    return id;
  };

  it('takes a running VM and no other', async () => {
    const { id: down } = await compute.vm('down');
    expect(await messageOf(compute.power.stop(down, ORIGIN))).toBe('Cannot stop VM. VM is not running.');
    expect(await messageOf(compute.power.shutDown(down, ORIGIN))).toBe('Cannot shutdown VM. VM is not running.');
    const id = await running('web');
    expect(await outcomes([compute.power.stop(id, ORIGIN), compute.power.stop(id, ORIGIN)])).toEqual([
      'Cannot stop VM. Related operation is currently in progress. Please try again later.',
      'done',
    ]);
    expect(await vmNow(id)).toMatchObject({ status: 'powering_down', hostId: expect.any(String) as string });
  });

  it.each(['wait_for_launch', 'powering_up', 'paused', 'unknown'] as const)(
    'says of a VM that is %s why it cannot be shut down',
    async (status) => {
      const id = await running('web');
      await compute.db.update(Vm, { id }, { status });
      expect(await messageOf(compute.power.shutDown(id, ORIGIN))).toBe(`Cannot shutdown VM. The VM's status is ${status}.`);
    },
  );

  it.each(['reboot', 'reset'] as const)('leaves a VM up that is restarted by a %s, and takes no other', async (how) => {
    const { id: down } = await compute.vm('down');
    const message = async (id: string) => messageOf(compute.power.restart(id, how, ORIGIN));
    expect(await message(down)).toBe(`Cannot ${how} VM. VM is not running.`);
    const id = await running('web');
    expect(await message(id)).toBe('nothing was thrown');
    expect((await vmNow(id)).status).toBe('up');
    const configuration = { vm: {} as never, diskAttachments: [], nics: [] };
    const snapshot = { id: randomUUID(), vmId: id, description: '', type: 'regular' as const, status: 'locked' as const, configuration };
    await compute.db.insert(VmSnapshot, { ...snapshot, persistMemorystate: true, creationTime: new Date() });
    expect(await message(id)).toContain('Related operation is currently in progress.');
    await compute.db.update(Vm, { id }, { status: 'paused' });
    expect(await message(id)).toBe(`Cannot ${how} VM. The VM's status is paused.`);
  });

  it('waits for a disk that is being plugged', async () => {
    const id = await running('web');
    const { domainId } = await compute.domain('cephA');
    await compute.attach(await compute.disk('data', domainId), id, { status: 'locked' });
    expect(await messageOf(compute.power.stop(id, ORIGIN))).toContain('Related operation is currently in progress.');
    expect((await vmNow(id)).status).toBe('up');
  });

  it('cleans up after the run that has ended, and leaves a later one alone', async () => {
    const id = await running('web');
    const old = { ...(await vmNow(id)), startTime: new Date('2025-01-01T00:00:00Z') };
    await expect(compute.states.settle(old, undefined, UNKNOWN_CAUSE)).rejects.toThrow(ConflictError);
    expect((await vmNow(id)).status).toBe('up');
    await compute.states.settle(await vmNow(id), undefined, UNKNOWN_CAUSE);
    expect((await vmNow(id)).status).toBe('powering_down');
  });

  it('shows a VM that its host has paused, and one that runs again', async () => {
    const id = await running('web');
    const report = { vmId: id, name: 'web', disks: [], state: 'paused' as const, reason: 'ioerror' };
    await compute.states.settle(await vmNow(id), report, UNKNOWN_CAUSE);
    expect((await vmNow(id)).status).toBe('paused');
    await compute.states.settle(await vmNow(id), { ...report, state: 'running', reason: 'unpaused' }, UNKNOWN_CAUSE);
    expect((await vmNow(id)).status).toBe('up');
    expect(await compute.eventTexts()).toEqual(expect.arrayContaining(['VM web has been paused (ioerror).', 'VM web runs again.']));
  });
});

describe('strangers', () => {
  const report = (vmId: string) => ({ vmId, name: 'lost', state: 'running' as const, reason: '', disks: [] });
  const drift = async () => (await compute.eventTexts()).filter((text) => text.includes('belongs to no VM'));

  it('are reported once, and nothing that is placed there, was there, or has ended is one', async () => {
    const hostId = await compute.host('a');
    const before = await compute.states.placedOn(hostId);
    if (!before) throw new Error('the host is there');
    const [known, lost, ended] = [await compute.vm('web'), randomUUID(), randomUUID()];
    await start(known.id);
    const domains = [report(known.id), report(lost), { ...report(ended), state: 'shut_off' as const }];
    await compute.states.reportStrangers(before, domains);
    await compute.states.reportStrangers(before, domains);
    expect(await drift()).toEqual([`Host a runs a domain lost (${lost}) that belongs to no VM there.`]);
  });
});

describe('removing', () => {
  it('is refused while the VM runs or is protected', async () => {
    await compute.host('a');
    const { id } = await compute.vm('web', { delete_protected: true });
    expect(await messageOf(compute.vms.remove(id, true, ORIGIN))).toContain('Delete protection is enabled.');
    await compute.vms.update(id, { delete_protected: false });
    await start(id);
    expect(await messageOf(compute.vms.remove(id, true, ORIGIN))).toBe('Cannot remove VM. VM is running.');
  });

  it('keeps the disks when told so', async () => {
    const { domainId } = await compute.domain('cephA');
    const { id } = await compute.vm('web');
    const diskId = await compute.disk('data', domainId);
    await compute.attach(diskId, id);
    await compute.vms.remove(id, true, ORIGIN);
    await expect(compute.vms.get(id)).rejects.toThrow(NotFoundError);
    expect(await compute.db.findOneBy(Disk, { id: diskId })).toMatchObject({ status: 'ok' });
    expect(await compute.db.count(DiskAttachment)).toBe(0);
  });

  it('starts the removal of its own disks, not of those that others have', async () => {
    const { domainId } = await compute.domain('cephA');
    const [{ id }, other] = [await compute.vm('web'), await compute.vm('other')];
    const [own, shared] = [await compute.disk('own', domainId), await compute.disk('shared', domainId, { shareable: true })];
    await compute.attach(own, id);
    await compute.attach(shared, id, { bootable: false });
    await compute.attach(shared, other.id, { bootable: false });
    await compute.vms.remove(id, false, ORIGIN);
    expect(await compute.db.findOneByOrFail(Disk, { id: own })).toMatchObject({ status: 'locked' });
    expect(await compute.db.findOneByOrFail(Disk, { id: shared })).toMatchObject({ status: 'ok' });
    const jobs = await compute.db.query<{ saga: string }[]>("SELECT saga FROM operation WHERE saga LIKE 'remove-%' ORDER BY saga");
    expect(jobs.map(({ saga }) => saga)).toEqual(['remove-disk', 'remove-vm-with-disks']);
    expect((await vmNow(id)).status).toBe('image_locked');
  });

  it('happens whole or not at all', async () => {
    const { domainId } = await compute.domain('cephA');
    const { id } = await compute.vm('web');
    await compute.attach(await compute.disk('ok', domainId), id);
    await compute.attach(await compute.disk('busy', domainId, { status: 'locked' }), id, { bootable: false });
    expect(await messageOf(compute.vms.remove(id, false, ORIGIN))).toContain('Disk is locked');
    expect((await vmNow(id)).name).toBe('web');
    expect(await compute.db.countBy(Disk, { status: 'locked' })).toBe(1);
    expect(await compute.db.count(DiskAttachment)).toBe(2);
  });
});

async function keys(): Promise<string[]> {
  const rows = await compute.db.query<{ id: string }[]>('SELECT id FROM authentication_key');
  return rows.map(({ id }) => id);
}

import { Operation } from '@clinker/sagas';
import { randomUUID } from 'node:crypto';
import { DiskAttachment } from '../disk-attachments/disk-attachment.entity';
import { Disk, type DiskId, type VolumeId } from '../disks/disk.entity';
import { Quota } from '../quotas/quota.entity';
import { clusterUsage, storageUsage } from '../quotas/quota.usage';
import { SnapshotMemory } from '../snapshot-memory/snapshot-memory.entity';
import { VmSnapshot } from '../snapshots/vm-snapshot.entity';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import { VmPool } from '../vm-pools/vm-pool.entity';
import type { SuspendVm } from './suspend-vm.saga';
import { ComputeFixture, GIB, ORIGIN } from './testing/compute.fixture';
import { Vm, type VmStatus } from './vm.entity';

let compute: ComputeFixture;
let place: { storageDomainId: string; providerId: string };
let diskId: DiskId;

beforeAll(async () => {
  compute = await ComputeFixture.create();
});
afterAll(() => compute?.close());
beforeEach(async () => {
  await compute.clear();
  const { domainId: storageDomainId, keyId } = await compute.domain('cephA');
  const { providerId } = await compute.db.findOneByOrFail(StorageDomain, { id: storageDomainId });
  place = { storageDomainId, providerId };
  const hostId = await compute.host('a');
  await compute.db.query('UPDATE host SET secret_uuids = $2 WHERE id = $1', [hostId, [keyId]]);
});

const now = (id: string) => compute.db.findOneByOrFail(Vm, { id });
const memories = () => compute.db.find(SnapshotMemory);
const sagas = async () => (await compute.db.find(Operation, { order: { startedAt: 'ASC' } })).map(({ saga }) => saga);

/** A VM with a disk that runs. */
async function running(name: string): Promise<string> {
  const { id } = await compute.vm(name);
  diskId = await compute.disk(`${name}-disk`, place.storageDomainId);
  await compute.attach(diskId, id);
  await compute.power.start(id, {}, ORIGIN);
  await compute.db.update(Vm, { id }, { status: 'up', startTime: new Date() });
  return id;
}

const suspending = (vmId: string): SuspendVm => ({
  vmId,
  vmName: 'web',
  memoryId: randomUUID(),
  ...place,
  volumeType: null,
  quotaId: null,
  sizeGiB: 2,
});

/** Begins to suspend it, as if Cinder had said that it takes the memory. */
const suspend = (vmId: string) =>
  compute.operations.start('suspend-vm', suspending(vmId), { ...ORIGIN, subjects: [{ type: 'vm', id: vmId }] });

/** A suspended VM, as far as the database has to do with it. */
async function suspended(name: string): Promise<string> {
  const id = await running(name);
  await compute.db.query('DELETE FROM volume_attachment WHERE vm_id = $1', [id]);
  const kept = { id: randomUUID() as string as DiskId, snapshotId: null, vmId: id, ...place, quotaId: null };
  const volumeId = randomUUID() as string as VolumeId;
  await compute.db.insert(SnapshotMemory, { ...kept, volumeId, imageBytes: 1, provisionedSize: 2 * GIB, forNextRun: true });
  await compute.db.update(Vm, { id }, { status: 'suspended', hostId: null });
  await compute.db.query('TRUNCATE operation CASCADE');
  return id;
}

describe('a suspension', () => {
  it('takes a VM that is up, and storage for its memory', async () => {
    const id = await running('web');
    await suspend(id);
    expect(await now(id)).toMatchObject({ status: 'saving_state' });
    expect((await now(id)).hostId).not.toBeNull();
    expect(await memories()).toMatchObject([{ vmId: id, snapshotId: null, provisionedSize: 2 * GIB, volumeId: null, forNextRun: false }]);
    expect(await compute.eventTexts()).toContain('Suspending VM web was initiated (Host: a).');
    await expect(suspend(id)).rejects.toThrow("Cannot suspend VM. The VM's status is saving_state.");
  });

  it.each<[VmStatus, string]>([
    ['down', 'Cannot suspend VM. VM is not running.'],
    ['image_locked', 'Cannot suspend VM. VM is locked. Please try again in a few minutes.'],
    ['paused', "Cannot suspend VM. The VM's status is paused."],
    ['unknown', "Cannot suspend VM. The VM's status is unknown."],
    ['wait_for_launch', "Cannot suspend VM. The VM's status is wait_for_launch."],
    ['suspended', "Cannot suspend VM. The VM's status is suspended."],
    ['restoring_state', "Cannot suspend VM. The VM's status is restoring_state."],
  ])('is refused for a VM that is %s, before Cinder is asked', async (status, text) => {
    const id = await running('web');
    await compute.db.update(Vm, { id }, { status });
    await expect(compute.suspensions.suspend(id, ORIGIN)).rejects.toThrow(text);
    await expect(suspend(id)).rejects.toThrow(text);
    expect(await memories()).toEqual([]);
  });

  const snapshot = async (vmId: string, changes: Partial<VmSnapshot>) => {
    const configuration = { vm: {} as never, diskAttachments: [], nics: [] };
    const usual = { id: randomUUID(), vmId, description: '', type: 'regular' as const, status: 'ok' as const, configuration };
    await compute.db.insert(VmSnapshot, { ...usual, persistMemorystate: false, creationTime: new Date(), ...changes });
  };

  it.each<[string, (vmId: string) => Promise<unknown>, string]>([
    ['is stateless', (id) => compute.db.update(Vm, { id }, { stateless: true }), 'Cannot suspend VM, VM is stateless.'],
    ['shows a preview', (vmId) => snapshot(vmId, { type: 'preview' }), 'Cannot suspend VM. VM is previewing a Snapshot.'],
    ['is being taken a snapshot of', (vmId) => snapshot(vmId, { status: 'locked' }), 'Related operation is currently in progress'],
    [
      'gets a disk',
      (vmId) => compute.db.update(DiskAttachment, { vmId }, { status: 'locked' }),
      'Related operation is currently in progress',
    ],
    ['has a locked disk', () => compute.db.update(Disk, { id: diskId }, { status: 'locked' }), 'web-disk'],
    ['shares a disk', () => compute.db.update(Disk, { id: diskId }, { shareable: true }), 'The disk web-disk is shareable'],
    ['has no disk', (vmId) => compute.db.delete(DiskAttachment, { vmId }), 'and the VM has none'],
  ])('is refused for a VM that %s', async (_what, make, text) => {
    const id = await running('web');
    await make(id);
    await expect(compute.suspensions.suspend(id, ORIGIN)).rejects.toThrow(text);
    expect(await now(id)).toMatchObject({ status: 'up' });
  });

  it('is refused for a VM of a pool', async () => {
    const id = await running('web');
    const poolId = randomUUID();
    const { clusterId, templateId } = await now(id);
    const sizes = { stateful: false, maxUserVms: 1, prestartedVms: 0 };
    await compute.db.insert(VmPool, { id: poolId, name: 'pool', clusterId, templateId, type: 'manual', status: 'ok', ...sizes });
    await compute.db.update(Vm, { id }, { vmPoolId: poolId });
    await expect(compute.suspensions.suspend(id, ORIGIN)).rejects.toThrow('Cannot suspend VM that belongs to a VM-Pool.');
  });
});

describe('a suspended VM', () => {
  it('is restored when it is started, on a host that has room, and keeps its memory until it goes on', async () => {
    const id = await suspended('web');
    await compute.power.start(id, { vm: { memory: GIB } }, ORIGIN);
    expect(await sagas()).toEqual(['resume-vm']);
    expect(await now(id)).toMatchObject({ status: 'restoring_state' });
    expect((await now(id)).hostId).not.toBeNull();
    expect(await memories()).toMatchObject([{ forNextRun: true }]);
    expect(await compute.db.query('SELECT state FROM volume_attachment WHERE vm_id = $1', [id])).toEqual([{ state: 'intended' }]);
  });

  it('is not started with settings that its guest does not have, nor without its memory', async () => {
    const id = await suspended('web');
    const started = compute.power.start(id, { vm: { memory: 2 * GIB } }, ORIGIN);
    await expect(started).rejects.toThrow('others can be asked when it was stopped');
    await compute.db.delete(SnapshotMemory, { vmId: id });
    await expect(compute.power.start(id, {}, ORIGIN)).rejects.toThrow('its memory was lost with its storage');
    expect(await now(id)).toMatchObject({ status: 'suspended', hostId: null, runOnce: null });
  });

  it.each([
    ['goes down when it is stopped', true],
    ['goes down when it is stopped, also if its memory was lost', false],
  ])('%s', async (_what, hasMemory) => {
    const id = await suspended('web');
    if (!hasMemory) await compute.db.delete(SnapshotMemory, { vmId: id });
    await compute.power.stop(id, ORIGIN);
    expect(await sagas()).toEqual(['stop-suspended-vm']);
    expect(await now(id)).toMatchObject({ status: 'powering_down' });
    await expect(compute.power.start(id, {}, ORIGIN)).rejects.toThrow('Cannot run VM.');
  });

  it.each<[string, (id: string) => Promise<unknown>]>([
    ['shutdown', (id) => compute.power.shutDown(id, ORIGIN)],
    ['reboot', (id) => compute.power.restart(id, 'reboot', ORIGIN)],
    ['reset', (id) => compute.power.restart(id, 'reset', ORIGIN)],
    ['remove', (id) => compute.vms.remove(id, true, ORIGIN)],
    ['remove', (id) => compute.vms.remove(id, false, ORIGIN)],
  ])('is refused %s', async (action, act) => {
    const id = await suspended('web');
    await expect(act(id)).rejects.toThrow(`Cannot ${action} VM. The VM's status is suspended.`);
    expect(await now(id)).toMatchObject({ status: 'suspended' });
  });

  it('gets what its guest would see when its run has ended', async () => {
    const id = await suspended('web');
    await compute.vms.update(id, { memory: 2 * GIB, comment: 'asleep' });
    expect(await now(id)).toMatchObject({ comment: 'asleep', memory: GIB, nextRun: { memory: 2 * GIB } });
    await expect(compute.vms.update(id, { cluster: { name: 'Nowhere' } })).rejects.toThrow('Nowhere');
  });

  it('takes neither memory of a host nor processors of a quota, but storage for its memory', async () => {
    const id = await suspended('web');
    const { quotaId } = await now(id);
    await compute.db.update(SnapshotMemory, { vmId: id }, { quotaId });
    expect(await compute.db.existsBy(Quota, { id: quotaId! })).toBe(true);
    expect(await clusterUsage(compute.db, quotaId!)).toEqual([]);
    expect(await storageUsage(compute.db, quotaId!)).toMatchObject([{ bytes: GIB + 2 * GIB }]);
    await compute.power.start(id, {}, ORIGIN);
    expect(await clusterUsage(compute.db, quotaId!)).toMatchObject([{ vcpus: 1, bytes: GIB }]);
  });

  it('is left alone by what looks at hosts, and stays found by search', async () => {
    const id = await suspended('web');
    const hosts = await compute.states.hostsToLookAt();
    for (const hostId of hosts) expect((await compute.states.placedOn(hostId))?.vms).toEqual([]);
    const found = await compute.vms.list({ search: 'status=suspended', max: undefined, caseSensitive: false });
    expect(found.map((vm) => vm.id)).toEqual([id]);
  });
});

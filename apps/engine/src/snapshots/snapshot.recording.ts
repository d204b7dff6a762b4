import { messages, renderMessage } from '@clinker/ovirt-api';
import { randomUUID } from 'node:crypto';
import { type EntityManager, In } from 'typeorm';
import { z } from 'zod';
import { DiskAttachment } from '../disk-attachments/disk-attachment.entity';
import { DiskSnapshot, type DiskSnapshotId } from '../disks/disk-snapshot.entity';
import { diskSnapshotStatuses } from '../disks/disk-snapshot.statuses';
import { Disk } from '../disks/disk.entity';
import { diskIdSchema } from '../disks/disk.ids';
import { ConflictError } from '../errors/domain.errors';
import type { EventsService } from '../events/events.service';
import { Host } from '../hosts/host.entity';
import type { Vm } from '../vms/vm.entity';
import { asStored } from '../vms/vm.next-run';
import { vmStatuses } from '../vms/vm.statuses';
import { type SnapshotOfDisk, snapshotOfDiskSchema } from './disk-snapshots.client';
import { configurationOf } from './snapshot.configuration';
import { holdDisks, lockSnapshots, names, previewOf, releaseDisks } from './snapshot.rules';
import { snapshotStatuses } from './snapshot.statuses';
import { VmSnapshot } from './vm-snapshot.entity';

/** What every saga keeps that takes a snapshot of a VM. */
export const newSnapshotState = {
  vmId: z.string(),
  vmName: z.string(),
  snapshotId: z.string(),
  description: z.string(),
  /** The disks that the snapshot is to have; null for all that can have one. */
  diskIds: z.array(diskIdSchema).nullable(),
  disks: z.array(snapshotOfDiskSchema).default([]),
  /** The host on which the VM runs; null if it is down. */
  hostName: z.string().nullable().default(null),
};

type NewSnapshotState = { readonly [K in keyof typeof newSnapshotState]: z.output<(typeof newSnapshotState)[K]> };

const LIVE: readonly Vm['status'][] = ['up', 'paused'];

/**
 * Records a snapshot that is about to be taken, and locks it with its disks.
 * @param memory that the memory of the guest is to be kept too
 * @throws NotFoundError, ConflictError
 */
export async function recordSnapshot(
  tx: EntityManager,
  at: NewSnapshotState,
  memory: boolean,
  events: EventsService,
): Promise<Pick<NewSnapshotState, 'disks' | 'hostName'>> {
  const found = await lockSnapshots(tx, at.vmId, 'create');
  const { vm } = found;
  previewOf(found, false, 'create');
  if (memory ? vm.status !== 'up' : vm.status !== 'down' && !LIVE.includes(vm.status))
    throw new ConflictError(renderMessage(messages.VM_STATUS_ILLEGAL, { ...names('create'), status: vm.status }));
  const disks = await takeDisks(tx, at);
  const { snapshotId: id, vmId, description } = at;
  const rest = { type: 'regular', status: 'locked', persistMemorystate: memory, creationTime: new Date() } as const;
  const configuration = await configurationOf(tx, memory ? vm : asStored(vm));
  await tx.insert(VmSnapshot, { id, vmId, description, configuration, ...rest });
  await recordDisks(tx, id, disks);
  if (vm.status === 'down') await vmStatuses.move(tx, vmId, { from: 'down', to: 'image_locked' });
  const text = `Snapshot '${description}' creation for VM '${vm.name}' was initiated.`;
  await events.record('SNAPSHOT_CREATION_BEGUN', text, { vmId }, tx);
  const host = vm.hostId === null ? null : await tx.findOneByOrFail(Host, { id: vm.hostId });
  return { disks, hostName: host?.name ?? null };
}

/** Forgets a snapshot that is not taken. */
export async function forgetSnapshot(tx: EntityManager, at: NewSnapshotState): Promise<void> {
  await tx.delete(VmSnapshot, { id: at.snapshotId });
  await release(tx, at);
}

/** Makes a snapshot that was taken usable. */
export async function unlockSnapshot(tx: EntityManager, at: NewSnapshotState, events: EventsService): Promise<void> {
  const { vmId, vmName, snapshotId, description } = at;
  for (const { diskSnapshotId, cinderSnapshotId, cinderGroupId } of at.disks)
    await diskSnapshotStatuses.move(tx, diskSnapshotId, { from: 'locked', to: 'ok' }, { cinderSnapshotId, cinderGroupId });
  await snapshotStatuses.move(tx, snapshotId, { from: 'locked', to: 'ok' });
  await release(tx, at);
  await events.record('SNAPSHOT_CREATED', `Snapshot '${description}' creation for VM '${vmName}' has been completed.`, { vmId }, tx);
}

/** The wanted disks, locked. A shareable one is another VM's as well, and never part of a snapshot. */
async function takeDisks(tx: EntityManager, { vmId, diskIds }: NewSnapshotState): Promise<SnapshotOfDisk[]> {
  const attachments = await tx.findBy(DiskAttachment, { vmId });
  if (attachments.some(({ status }) => status === 'locked'))
    throw new ConflictError(renderMessage(messages.OBJECT_LOCKED, names('create')));
  const attached = await tx.findBy(Disk, { id: In(attachments.map(({ diskId }) => diskId)) });
  const foreign = diskIds?.find((id) => !attached.some((disk) => disk.id === id));
  if (foreign !== undefined) throw new ConflictError(`Cannot create Snapshot. The disk ${foreign} is not attached to the VM.`);
  const chosen = attached.filter(({ id, shareable }) => diskIds?.includes(id) ?? !shareable);
  const shared = chosen.find(({ shareable }) => shareable);
  if (shared) throw new ConflictError(`Cannot create Snapshot. The disk ${shared.name} is shareable: it cannot be part of a snapshot.`);
  const held = await holdDisks(tx, chosen.map(({ id }) => id).sort(), 'create');
  return held.disks.map((disk) => ({
    diskSnapshotId: randomUUID() as DiskSnapshotId,
    diskId: disk.id,
    diskName: disk.name,
    providerId: held.domainOf(disk).providerId,
    volumeId: disk.volumeId!,
    cinderSnapshotId: null,
    cinderGroupId: null,
  }));
}

async function recordDisks(tx: EntityManager, snapshotId: string, disks: readonly SnapshotOfDisk[]): Promise<void> {
  if (disks.length === 0) return;
  const sizes = await tx.findBy(Disk, { id: In(disks.map(({ diskId }) => diskId)) });
  const rest = { snapshotId, cinderSnapshotId: null, cinderGroupId: null, status: 'locked' as const, creationTime: new Date() };
  const rows = disks.map(({ diskSnapshotId: id, diskId, volumeId }) => {
    const { provisionedSize } = sizes.find((disk) => disk.id === diskId)!;
    return { id, diskId, volumeId, provisionedSize, ...rest };
  });
  await tx.insert(DiskSnapshot, rows);
}

async function release(tx: EntityManager, { vmId, hostName, disks }: NewSnapshotState): Promise<void> {
  const diskIds = disks.map(({ diskId }) => diskId);
  await releaseDisks(tx, diskIds);
  if (hostName === null) await vmStatuses.move(tx, vmId, { from: 'image_locked', to: 'down' });
}

import { messages, renderMessage } from '@clinker/ovirt-api';
import type { OperationMeta, Saga, SagaOutcome, Step, StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type EntityManager, In } from 'typeorm';
import { z } from 'zod';
import { DiskAttachment } from '../disk-attachments/disk-attachment.entity';
import { DiskSnapshot, type DiskSnapshotId } from '../disks/disk-snapshot.entity';
import { diskSnapshotStatuses } from '../disks/disk-snapshot.statuses';
import { GRACE_MS } from '../disks/disk-volume.client';
import { Disk, type DiskId } from '../disks/disk.entity';
import { diskIdSchema } from '../disks/disk.ids';
import { ConflictError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { Host } from '../hosts/host.entity';
import { Vm } from '../vms/vm.entity';
import { vmStatuses } from '../vms/vm.statuses';
import { DiskSnapshotsClient, type SnapshotOfDisk, snapshotOfDiskSchema } from './disk-snapshots.client';
import { FROZEN_AT_MOST_MS, GuestFreezeClient } from './guest-freeze.client';
import { configurationOf } from './snapshot.configuration';
import { holdDisks, lockSnapshots, names, previewOf, releaseDisks } from './snapshot.rules';
import { snapshotStatuses } from './snapshot.statuses';
import { VmSnapshot } from './vm-snapshot.entity';

const state = z.object({
  vmId: z.string(),
  vmName: z.string(),
  snapshotId: z.string(),
  description: z.string(),
  /** The disks that the snapshot is to have; null for all that can have one. */
  diskIds: z.array(diskIdSchema).nullable(),
  disks: z.array(snapshotOfDiskSchema).default([]),
  /** The host on which the VM runs; null if it is down. */
  hostName: z.string().nullable().default(null),
  /** Why the guest is not frozen; null if it is. */
  notFrozen: z.string().nullable().default(''),
});

/** What `create-snapshot` is started with. */
export type CreateSnapshot = z.input<typeof state>;
type State = z.output<typeof state>;

const LIVE: readonly Vm['status'][] = ['up', 'paused'];

const diskIdsOf = ({ disks }: State): DiskId[] => disks.map(({ diskId }) => diskId);

/**
 * Takes a snapshot of a VM: of all its disks at the same moment, or of chosen ones. The guest of a running VM is frozen meanwhile if its agent
 * answers; it is thawed on every way out of here, and by its host if the engine is gone.
 */
@Injectable()
export class CreateSnapshotSaga implements Saga<State> {
  readonly name = 'create-snapshot';
  readonly state = state;

  readonly steps: readonly Step<State>[] = [
    {
      kind: 'transaction',
      name: 'record the snapshot',
      run: (at, tx) => this.record(at, tx),
      undo: (at, tx) => this.forget(at, tx),
    },
    {
      kind: 'call',
      name: 'freeze the guest',
      within: '1m',
      run: (at, ctx) => this.freeze(at, ctx),
      undo: (at, ctx) => this.thaw(at, ctx).then(() => undefined),
    },
    {
      kind: 'call',
      name: 'ask Cinder for the snapshots of all disks',
      run: (at, ctx) => this.request(at, ctx),
      undo: (at, ctx) => this.takeBack(at, ctx),
    },
    {
      kind: 'wait',
      name: 'wait until Cinder has made the snapshots',
      until: ({ disks }, ctx) => this.client.areMade(disks, ctx),
      every: '5s',
      within: '1h',
    },
    { kind: 'call', name: 'thaw the guest', run: (at, ctx) => this.thawAtEnd(at, ctx) },
    { kind: 'transaction', name: 'unlock the snapshot', run: (at, tx) => this.unlock(at, tx) },
  ];

  constructor(
    private readonly client: DiskSnapshotsClient,
    private readonly guests: GuestFreezeClient,
    private readonly events: EventsService,
  ) {}

  describe({ vmName, description }: State): string {
    return `Creating Snapshot ${description} for VM ${vmName}`;
  }

  async ended({ vmId, vmName, description }: State, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    if (outcome.status === 'finished') return;
    const text = `Failed to create Snapshot '${description}' of VM ${vmName}: ${outcome.reason}`;
    await this.events.record('SNAPSHOT_CREATE_FAILED', text, { vmId }, tx);
  }

  async stuck({ vmId, description }: State, reason: string, tx: EntityManager, { id }: OperationMeta): Promise<void> {
    await this.events.record('OPERATION_STUCK', `The job ${id} for the snapshot '${description}' is stuck: ${reason}`, { vmId }, tx);
  }

  private async record(at: State, tx: EntityManager): Promise<Partial<State>> {
    const found = await lockSnapshots(tx, at.vmId, 'create');
    const { vm } = found;
    previewOf(found, false, 'create');
    if (vm.status !== 'down' && !LIVE.includes(vm.status))
      throw new ConflictError(renderMessage(messages.VM_STATUS_ILLEGAL, { ...names('create'), status: vm.status }));
    const disks = await this.disksOf(at, tx);
    const configuration = await configurationOf(tx, vm);
    const { snapshotId: id, vmId, description } = at;
    const rest = { type: 'regular', status: 'locked', persistMemorystate: false, creationTime: new Date() } as const;
    await tx.insert(VmSnapshot, { id, vmId, description, configuration, ...rest });
    await this.recordDisks(id, disks, tx);
    if (vm.status === 'down') await vmStatuses.move(tx, vmId, { from: 'down', to: 'image_locked' });
    await this.events.record(
      'SNAPSHOT_CREATION_BEGUN',
      `Snapshot '${description}' creation for VM '${vm.name}' was initiated.`,
      { vmId },
      tx,
    );
    const host = vm.hostId === null ? null : await tx.findOneByOrFail(Host, { id: vm.hostId });
    return { disks, hostName: host?.name ?? null };
  }

  /** The wanted disks, locked. A shareable one is another VM's as well, and never part of a snapshot. */
  private async disksOf({ vmId, diskIds }: State, tx: EntityManager): Promise<SnapshotOfDisk[]> {
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
    }));
  }

  private async recordDisks(snapshotId: string, disks: readonly SnapshotOfDisk[], tx: EntityManager): Promise<void> {
    if (disks.length === 0) return;
    const sizes = await tx.findBy(Disk, { id: In(disks.map(({ diskId }) => diskId)) });
    const rows = disks.map(({ diskSnapshotId: id, diskId, volumeId }) => {
      const { provisionedSize } = sizes.find((disk) => disk.id === diskId)!;
      return {
        id,
        snapshotId,
        diskId,
        volumeId,
        cinderSnapshotId: null,
        provisionedSize,
        status: 'locked' as const,
        creationTime: new Date(),
      };
    });
    await tx.insert(DiskSnapshot, rows);
  }

  private async forget(at: State, tx: EntityManager): Promise<void> {
    await tx.delete(VmSnapshot, { id: at.snapshotId });
    await this.release(at, tx);
  }

  private async release(at: State, tx: EntityManager): Promise<void> {
    await releaseDisks(tx, diskIdsOf(at));
    if (at.hostName === null) await vmStatuses.move(tx, at.vmId, { from: 'image_locked', to: 'down' });
  }

  private async freeze({ hostName, vmId, disks }: State, { operationId }: StepContext): Promise<Partial<State>> {
    if (hostName === null || disks.length === 0) return {};
    return { notFrozen: await this.guests.freeze({ hostName, vmId, operationId }) };
  }

  private async thaw({ hostName, vmId, disks }: State, { operationId }: StepContext): Promise<boolean> {
    if (hostName === null || disks.length === 0) return false;
    return this.guests.thaw({ hostName, vmId, operationId });
  }

  private async request({ disks, snapshotId }: State, { isFirst }: StepContext): Promise<Partial<State>> {
    return { disks: await this.client.request(disks, snapshotId, isFirst) };
  }

  /** The guest waits for nothing of this. A request whose answer was lost may show its snapshot late: it is looked for again after a while. */
  private async takeBack(at: State, ctx: StepContext): Promise<void> {
    await this.thaw(at, ctx);
    await this.client.ensureGone(at.disks, ctx);
    if (at.disks.every(({ cinderSnapshotId }) => cinderSnapshotId !== null)) return;
    await pause(GRACE_MS, undefined, { signal: ctx.signal });
    await this.client.ensureGone(at.disks, ctx);
  }

  private async thawAtEnd(at: State, ctx: StepContext): Promise<Partial<State>> {
    const wasFrozen = await this.thaw(at, ctx);
    if (wasFrozen || at.notFrozen !== null) return {};
    return { notFrozen: `it was thawed before Cinder had taken the snapshots, which took longer than ${FROZEN_AT_MOST_MS / 1000} s` };
  }

  private async unlock(at: State, tx: EntityManager): Promise<void> {
    const { vmId, vmName, snapshotId, description } = at;
    for (const { diskSnapshotId, cinderSnapshotId } of at.disks)
      await diskSnapshotStatuses.move(tx, diskSnapshotId, { from: 'locked', to: 'ok' }, { cinderSnapshotId });
    await snapshotStatuses.move(tx, snapshotId, { from: 'locked', to: 'ok' });
    await this.release(at, tx);
    await this.noteUnquiesced(at, tx);
    await this.events.record('SNAPSHOT_CREATED', `Snapshot '${description}' creation for VM '${vmName}' has been completed.`, { vmId }, tx);
  }

  private async noteUnquiesced({ vmId, vmName, description, hostName, notFrozen, disks }: State, tx: EntityManager): Promise<void> {
    if (hostName === null || disks.length === 0 || notFrozen === null) return;
    const text = `Snapshot '${description}' of VM ${vmName} is only as consistent as after a power failure: the guest could not be frozen (${notFrozen}).`;
    await this.events.record('SNAPSHOT_NOT_QUIESCED', text, { vmId }, tx);
  }
}

import { messages, renderMessage } from '@clinker/ovirt-api';
import type { OperationMeta, Saga, SagaOutcome, Step, StepContext } from '@clinker/sagas';
import { type Snapshot, type Volume, volumeState } from '@clinker/cinder';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { ConflictError, NotFoundError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { allOf } from '../sagas/all.of';
import { outside } from '../sagas/step.errors';
import { holdActiveDomains } from '../storage-domains/domain.lock';
import { refuseTemplateDisk } from '../templates/template-disk.rules';
import { DiskSnapshot } from './disk-snapshot.entity';
import { refuseBusySnapshots, refuseGroups } from './disk-snapshot.rules';
import { DiskVolumeClient } from './disk-volume.client';
import { DiskVolume } from './disk-volume.entity';
import { Disk } from './disk.entity';
import { diskIdSchema, volumeIdSchema } from './disk.ids';
import { diskStatuses } from './disk.statuses';
import { ImportedSnapshot } from './imported-snapshot.entity';
import { VolumeGroupClient } from './volume-group.client';
import { VolumeSnapshotClient } from './volume-snapshot.client';

const state = z.object({
  diskId: diskIdSchema,
  diskName: z.string().default(''),
  storageDomainId: z.string().default(''),
  providerId: z.string().default(''),
  volumeId: volumeIdSchema.nullable().default(null),
  /** Volumes that the disk has beside the active one. */
  otherVolumeIds: z.array(volumeIdSchema).default([]),
  hasSnapshots: z.boolean().default(false),
  /** Groups in Cinder that snapshots of the disk were taken with. */
  groupIds: z.array(z.string()).default([]),
  /** The disk's status before, for the case that it stays. */
  status: z.enum(['ok', 'illegal']).default('ok'),
  /** The VM that is removed with its disks, if it is: it is locked, and uses none of them. */
  ofVmId: z.string().nullable().default(null),
});

/** What `remove-disk` is started with. */
export type RemoveDisk = Pick<z.input<typeof state>, 'diskId' | 'diskName' | 'ofVmId'>;
type State = z.output<typeof state>;

const refusal = { action: 'remove', type: 'Virtual Disk' };

const USERS = `
  SELECT vm.name FROM disk_attachment attachment JOIN vm ON vm.id = attachment.vm_id
  WHERE attachment.disk_id = $1 AND vm.id IS DISTINCT FROM $2::uuid AND (attachment.status = 'locked' OR (attachment.plugged AND vm.status <> 'down'))`;

/** True for a volume that Cinder deletes when asked. */
const isDeletable = ({ status }: Volume): boolean => ['available', 'error'].includes(volumeState(status)) || status === 'deleting';

/** What nothing else depends on: a volume goes after its snapshots, a snapshot after the volumes that were made of it. */
function leavesOf(volumes: readonly Volume[], snapshots: readonly Snapshot[]): { volumes: Volume[]; snapshots: Snapshot[] } {
  return {
    volumes: volumes.filter(({ id }) => !snapshots.some(({ volumeId }) => volumeId === id)),
    snapshots: snapshots.filter(({ id }) => !volumes.some(({ snapshotId }) => snapshotId === id)),
  };
}

/** Removes a disk, its volumes and its snapshots. Once Cinder was asked to delete there is no way back: it goes on until the volume is gone. */
@Injectable()
export class RemoveDiskSaga implements Saga<State> {
  readonly name = 'remove-disk';
  readonly state = state;
  readonly pointOfNoReturn = 'delete the volume in Cinder';

  readonly steps: readonly Step<State>[] = [
    {
      kind: 'transaction',
      name: 'lock the disk',
      run: (values, tx) => this.lock(values, tx),
      undo: (values, tx) => this.unlock(values, tx),
    },
    { kind: 'call', name: 'see whether the volume may be deleted', within: '1m', run: (values) => this.check(values) },
    { kind: 'call', name: 'delete the volume in Cinder', run: (values, ctx) => this.delete(values, ctx) },
    { kind: 'transaction', name: 'forget the disk', run: (values, tx) => this.forget(values, tx) },
  ];

  constructor(
    private readonly volumes: DiskVolumeClient,
    private readonly snapshots: VolumeSnapshotClient,
    private readonly groups: VolumeGroupClient,
    private readonly events: EventsService,
  ) {}

  describe({ diskName, diskId }: State): string {
    return `Removing Virtual Disk ${diskName || diskId}`;
  }

  async ended({ diskId, diskName, storageDomainId }: State, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    if (outcome.status === 'finished') return;
    await this.events.record(
      'DISK_REMOVE_FAILED',
      `The disk '${diskName}' could not be removed: ${outcome.reason}`,
      { diskId, storageDomainId },
      tx,
    );
  }

  async stuck({ diskId, diskName, storageDomainId }: State, reason: string, tx: EntityManager, { id }: OperationMeta): Promise<void> {
    await diskStatuses.move(tx, diskId, { from: 'locked', to: 'illegal' }, { statusReason: reason });
    await this.events.record(
      'OPERATION_STUCK',
      `The job ${id} for the disk '${diskName}' is stuck: ${reason}`,
      { diskId, storageDomainId },
      tx,
    );
  }

  private async lock({ diskId, ofVmId }: State, tx: EntityManager): Promise<Partial<State>> {
    const disk = await tx.findOne(Disk, { where: { id: diskId }, lock: { mode: 'pessimistic_write' } });
    if (!disk) throw new NotFoundError('Disk', diskId);
    const { name, storageDomainId, volumeId, status } = disk;
    if (status === 'locked') throw new ConflictError(renderMessage(messages.DISK_LOCKED, refusal));
    await refuseTemplateDisk(tx, diskId, 'remove');
    const users = await tx.query<{ name: string }[]>(USERS, [diskId, ofVmId]);
    if (users.length > 0)
      throw new ConflictError(`${renderMessage(messages.VM_IS_NOT_DOWN, refusal)} (${users.map((vm) => vm.name).join(', ')})`);
    await refuseBusySnapshots(tx, disk, 'remove');
    await refuseGroups(tx, disk, ofVmId);
    const [domain] = await holdActiveDomains(tx, [storageDomainId], 'remove', 'Virtual Disk');
    await diskStatuses.move(tx, diskId, { from: ['ok', 'illegal'], to: 'locked' });
    const others = await tx.findBy(DiskVolume, { diskId });
    const snapshots = await tx.findBy(DiskSnapshot, { diskId });
    const hasSnapshots = snapshots.length > 0 || (await tx.existsBy(ImportedSnapshot, { diskId }));
    const groupIds = [...new Set(snapshots.flatMap(({ cinderGroupId }) => cinderGroupId ?? []))];
    const volumes = { volumeId, otherVolumeIds: others.map((one) => one.volumeId), hasSnapshots, groupIds };
    return { diskName: name, storageDomainId, providerId: domain?.providerId ?? '', ...volumes, status };
  }

  private async unlock({ diskId, status }: State, tx: EntityManager): Promise<void> {
    await diskStatuses.move(tx, diskId, { from: 'locked', to: status });
  }

  /** @throws ConflictError if the volume is in use, BackendError if it belongs to somebody else */
  private async check(values: State): Promise<void> {
    const using = (await this.find(values)).filter((volume) => !isDeletable(volume));
    if (using.length === 0) return;
    const which = using.map(({ id, status }) => `the volume ${id} is ${status} in Cinder`).join(', ');
    throw new ConflictError(`Cannot remove Virtual Disk: ${which}.`);
  }

  private async delete(values: State, ctx: StepContext): Promise<void> {
    const { providerId, hasSnapshots, groupIds } = values;
    const find = () => this.snapshots.find(values);
    const snapshots = hasSnapshots ? await outside('look for the snapshots in Cinder', find) : [];
    const leaves = leavesOf(await this.find(values), snapshots);
    await this.snapshots.ensureGone(providerId, leaves.snapshots, ctx);
    await this.volumes.ensureGone(providerId, leaves.volumes, ctx);
    for (const groupId of groupIds) await this.groups.ensureGone({ providerId, groupId });
  }

  /** The disk's volumes, and what carries its mark; a disk whose creation was given up may have one without knowing it. */
  private find(values: State): Promise<Volume[]> {
    const { volumeId, otherVolumeIds } = values;
    return outside('look for the volume in Cinder', async () => {
      if (volumeId === null) return this.volumes.find(values);
      const own = await allOf([volumeId, ...otherVolumeIds].map((id) => this.volumes.own(values, id)));
      return own.filter((volume) => volume !== undefined);
    });
  }

  private async forget({ diskId, diskName, storageDomainId }: State, tx: EntityManager): Promise<void> {
    await tx.delete(Disk, { id: diskId });
    await this.events.record('DISK_REMOVED', `The disk '${diskName}' was successfully removed.`, { storageDomainId }, tx);
  }
}

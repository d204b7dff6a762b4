import { gibToBytes } from '@clinker/cinder';
import { type OperationMeta, Operations, type Saga, type SagaOutcome, type Step, type StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { DiskAttachment } from '../disk-attachments/disk-attachment.entity';
import { ConflictError, DomainError, LimitExceededError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { permitCreator } from '../permissions/creator.permission';
import { consumeStorage } from '../quotas/quota.consumption';
import { outside } from '../sagas/step.errors';
import { holdActiveDomains } from '../storage-domains/domain.lock';
import { Vm } from '../vms/vm.entity';
import { DiskVolumeClient, type DiskPlace, GRACE_MS } from './disk-volume.client';
import { Disk } from './disk.entity';
import { diskIdSchema, volumeIdSchema } from './disk.ids';
import { diskStatuses } from './disk.statuses';
import { VolumeLimitsService } from './volume-limits.service';

const state = z.object({
  disk: z.object({
    id: diskIdSchema,
    name: z.string(),
    description: z.string(),
    sizeGiB: z.int().positive(),
    /** The type's name; null for Cinder's default. */
    volumeType: z.string().nullable(),
    format: z.enum(['raw', 'cow']).default('raw'),
    sparse: z.boolean(),
    shareable: z.boolean(),
    wipeAfterDelete: z.boolean(),
    propagateErrors: z.boolean(),
    diskProfileId: z.string().nullable().default(null),
    /** Null for the data center's default. */
    quotaId: z.string().nullable().default(null),
  }),
  storageDomainId: z.string(),
  providerId: z.string(),
  /** Who asked for the disk. */
  creatorId: z.string().nullable().default(null),
  /** The VM that the disk is made for, if it is to see it as soon as there is one. */
  activeInVmId: z.string().nullable().default(null),
  volumeId: volumeIdSchema.nullable().default(null),
  /** That Cinder was asked once, and has answered: then it has no other volume of this operation. */
  isAskedOnce: z.boolean().default(false),
});

/** What `create-disk` is started with. */
export type CreateDisk = z.input<typeof state>;
type State = z.output<typeof state>;

const ADD = { action: 'add', type: 'Virtual Disk' } as const;

const placeOf = ({ disk, providerId }: State): DiskPlace => ({ diskId: disk.id, providerId });

const recorded = ({ disk, storageDomainId }: State) => ({
  id: disk.id,
  name: disk.name,
  description: disk.description,
  storageDomainId,
  volumeId: null,
  volumeType: disk.volumeType,
  provisionedSize: gibToBytes(disk.sizeGiB),
  status: 'locked' as const,
  statusReason: null,
  format: disk.format,
  sparse: disk.sparse,
  shareable: disk.shareable,
  wipeAfterDelete: disk.wipeAfterDelete,
  propagateErrors: disk.propagateErrors,
  diskProfileId: disk.diskProfileId,
  quotaId: disk.quotaId,
  creationTime: new Date(),
});

/** Makes a disk: the row first, then its volume in Cinder. A disk that cannot be made leaves nothing behind but an event with the reason. */
@Injectable()
export class CreateDiskSaga implements Saga<State> {
  readonly name = 'create-disk';
  readonly state = state;
  readonly pointOfNoReturn = 'unlock the disk';

  readonly steps: readonly Step<State>[] = [
    {
      kind: 'transaction',
      name: 'record the disk',
      run: (values, tx) => this.record(values, tx),
      undo: (values, tx) => this.forget(values, tx),
    },
    {
      kind: 'call',
      name: 'ask Cinder for the volume',
      run: (values, ctx) => this.request(values, ctx),
      undo: (values, ctx) => this.takeBack(values, ctx),
    },
    {
      kind: 'wait',
      name: 'wait until Cinder has made the volume',
      until: (values, ctx) => this.isMade(values, ctx),
      every: '5s',
      within: '1h',
    },
    { kind: 'transaction', name: 'unlock the disk', run: (values, tx, ctx) => this.unlock(values, tx, ctx) },
    { kind: 'call', name: 'remove what lost requests have made', run: (values, ctx) => this.removeSurplus(values, ctx) },
  ];

  constructor(
    private readonly volumes: DiskVolumeClient,
    private readonly events: EventsService,
    private readonly operations: Operations,
    private readonly limits: VolumeLimitsService,
  ) {}

  describe({ disk }: State): string {
    return `Creating Virtual Disk ${disk.name} (${disk.sizeGiB} GiB)`;
  }

  async ended({ disk, storageDomainId }: State, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    if (outcome.status === 'finished') return;
    await this.events.record('DISK_ADD_FAILED', `The disk '${disk.name}' could not be added: ${outcome.reason}`, { storageDomainId }, tx);
  }

  async stuck({ disk, storageDomainId }: State, reason: string, tx: EntityManager, { id }: OperationMeta): Promise<void> {
    await diskStatuses.move(tx, disk.id, { from: 'locked', to: 'illegal' }, { statusReason: reason });
    const text = `The job ${id} for the disk '${disk.name}' is stuck: ${reason}`;
    await this.events.record('OPERATION_STUCK', text, { diskId: disk.id, storageDomainId }, tx);
  }

  private async record(values: State, tx: EntityManager): Promise<void> {
    const { disk, storageDomainId } = values;
    await holdActiveDomains(tx, [storageDomainId], 'add', 'Virtual Disk');
    await consumeStorage(tx, { ...ADD, quotaId: disk.quotaId, storageDomainId, bytes: gibToBytes(disk.sizeGiB) });
    await tx.insert(Disk, recorded(values));
    await permitCreator(tx, values.creatorId, 'disk', values.disk.id);
  }

  private async forget({ disk }: State, tx: EntityManager): Promise<void> {
    await tx.delete(Disk, { id: disk.id });
  }

  private async request(values: State, { operationId, isFirst }: StepContext): Promise<Partial<State>> {
    try {
      const volumeId = await this.volumes.ensureRequested({ ...placeOf(values), ...values.disk }, operationId, isFirst);
      return { volumeId, isAskedOnce: isFirst };
    } catch (error) {
      if (error instanceof LimitExceededError) this.limits.forget(values.providerId);
      throw error;
    } finally {
      this.limits.settled(values.disk.id);
    }
  }

  /** A request whose answer was lost may show its volume late: who does not know a volume looks again after a while. */
  private async takeBack(values: State, ctx: StepContext): Promise<void> {
    const find = () => outside('look for the volume in Cinder', () => this.volumes.find(placeOf(values), ctx.operationId));
    const found = await find();
    if (found.length > 0) return this.volumes.ensureGone(values.providerId, found, ctx);
    if (values.volumeId !== null) return;
    await pause(GRACE_MS, undefined, { signal: ctx.signal });
    await this.volumes.ensureGone(values.providerId, await find(), ctx);
  }

  private async isMade({ providerId, volumeId }: State, ctx: StepContext): Promise<boolean> {
    return volumeId !== null && this.volumes.isCreated(providerId, volumeId, ctx);
  }

  private async unlock(values: State, tx: EntityManager, ctx: StepContext): Promise<void> {
    const { disk, storageDomainId, volumeId, activeInVmId } = values;
    const vm = activeInVmId === null ? null : await tx.findOne(Vm, { where: { id: activeInVmId }, lock: { mode: 'pessimistic_write' } });
    const isThere = await diskStatuses.move(tx, disk.id, { from: ['locked', 'illegal'], to: 'ok' }, { volumeId, statusReason: null });
    if (!isThere) throw new ConflictError(`The disk ${disk.id} is no longer there.`);
    await this.events.record('DISK_ADDED', `The disk '${disk.name}' was successfully added.`, { diskId: disk.id, storageDomainId }, tx);
    if (vm) await this.activate(values, vm, tx, ctx);
  }

  /** The VM sees the disk now, or when it starts. If it cannot be plugged, it stays attached and inactive. */
  private async activate({ disk }: State, vm: Vm, tx: EntityManager, { correlationId }: StepContext): Promise<void> {
    const ids = { diskId: disk.id, vmId: vm.id };
    if (vm.status === 'down') return void (await tx.update(DiskAttachment, ids, { plugged: true }));
    const subjects = [
      { type: 'disk', id: disk.id },
      { type: 'vm', id: vm.id },
    ];
    try {
      await tx.transaction((inner) => this.operations.start('plug-disk', ids, { correlationId, subjects }, inner));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      await this.events.record('DISK_PLUG_FAILED', `Failed to plug disk ${disk.name} to VM ${vm.name}: ${error.message}`, ids, tx);
    }
  }

  /** Volumes of other operations are none: the disk may be in a preview by now. */
  private async removeSurplus(values: State, ctx: StepContext): Promise<void> {
    if (values.isAskedOnce) return;
    const found = await outside('look for volumes of lost requests in Cinder', () => this.volumes.find(placeOf(values)));
    const surplus = found.filter(({ id, metadata }) => {
      const { clinker_operation_id: asker = ctx.operationId } = metadata;
      return id !== values.volumeId && asker === ctx.operationId;
    });
    await this.volumes.ensureGone(values.providerId, surplus, ctx);
  }
}

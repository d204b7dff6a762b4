import { gibToBytes } from '@clinker/cinder';
import { messages, renderMessage } from '@clinker/ovirt-api';
import type { OperationMeta, Saga, SagaOutcome, Step } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { ConflictError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { permitCreator } from '../permissions/creator.permission';
import { holdActiveDomains } from '../storage-domains/domain.lock';
import type { VolumeSnapshotId } from './disk-snapshot.entity';
import { DiskVolume } from './disk-volume.entity';
import { Disk } from './disk.entity';
import { diskIdSchema, volumeIdSchema } from './disk.ids';
import { diskStatuses } from './disk.statuses';
import { ImportedSnapshot } from './imported-snapshot.entity';
import { VolumeOwnershipClient } from './volume-ownership.client';

const state = z.object({
  /** The volume's id too: who knows the volume finds the disk. */
  diskId: diskIdSchema,
  volumeId: volumeIdSchema,
  name: z.string(),
  description: z.string(),
  sizeGiB: z.int().positive(),
  volumeType: z.string().nullable(),
  multiattach: z.boolean(),
  storageDomainId: z.string(),
  providerId: z.string(),
  creatorId: z.string().nullable().default(null),
  snapshots: z.array(z.object({ id: z.guid(), name: z.string(), createdAt: z.iso.datetime() })).default([]),
});

/** What `register-disk` is started with. */
export type RegisterDisk = z.input<typeof state>;
type State = z.output<typeof state>;

/** Makes a disk of a volume that is in Cinder already, with its snapshots. If it fails, the volume is as it was. */
@Injectable()
export class RegisterDiskSaga implements Saga<State> {
  readonly name = 'register-disk';
  readonly state = state;

  readonly steps: readonly Step<State>[] = [
    {
      kind: 'transaction',
      name: 'record the disk',
      run: (values, tx) => this.record(values, tx),
      undo: (values, tx) => this.forget(values, tx),
    },
    {
      kind: 'call',
      name: 'mark the volume and its snapshots in Cinder',
      within: '2m',
      run: (values) => this.claim(values),
      undo: (values) => this.volumes.release(values),
    },
    {
      kind: 'transaction',
      name: 'unlock the disk',
      run: (values, tx) => this.unlock(values, tx),
      undo: (values, tx) => this.lock(values, tx),
    },
  ];

  constructor(
    private readonly volumes: VolumeOwnershipClient,
    private readonly events: EventsService,
  ) {}

  describe({ name, volumeId }: State): string {
    return `Registering Virtual Disk ${name} (volume ${volumeId})`;
  }

  async ended({ diskId, name, storageDomainId }: State, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    const text = `The disk '${name}' was successfully registered.`;
    if (outcome.status === 'finished') return this.events.record('DISK_REGISTERED', text, { diskId, storageDomainId }, tx);
    const failure = `The disk '${name}' could not be registered: ${outcome.reason}`;
    await this.events.record('DISK_REGISTER_FAILED', failure, { storageDomainId }, tx);
  }

  async stuck({ diskId, name, storageDomainId }: State, reason: string, tx: EntityManager, { id }: OperationMeta): Promise<void> {
    await diskStatuses.move(tx, diskId, { from: 'locked', to: 'illegal' }, { statusReason: reason });
    await this.events.record(
      'OPERATION_STUCK',
      `The job ${id} for the disk '${name}' is stuck: ${reason}`,
      { diskId, storageDomainId },
      tx,
    );
  }

  private async record(values: State, tx: EntityManager): Promise<void> {
    const { diskId, volumeId, name, description, storageDomainId } = values;
    await holdActiveDomains(tx, [storageDomainId], 'register', 'Virtual Disk');
    const known = (await tx.findOneBy(Disk, [{ volumeId }, { id: diskId }])) ?? (await this.otherVolume(values, tx));
    if (known) throw new ConflictError(renderMessage(messages.CINDER_DISK_ALREADY_REGISTERED, { diskAlias: known.name }));
    await tx.insert(Disk, {
      id: diskId,
      volumeId,
      name,
      description,
      storageDomainId,
      volumeType: values.volumeType,
      provisionedSize: gibToBytes(values.sizeGiB),
      status: 'locked',
      sparse: true,
      shareable: false,
      wipeAfterDelete: false,
      propagateErrors: false,
      creationTime: new Date(),
    });
    await permitCreator(tx, values.creatorId, 'disk', diskId);
  }

  /** The disk that has the volume beside its active one. */
  private async otherVolume({ volumeId }: State, tx: EntityManager): Promise<Disk | null> {
    const other = await tx.findOneBy(DiskVolume, { volumeId });
    return other && tx.findOneBy(Disk, { id: other.diskId });
  }

  private async forget({ diskId }: State, tx: EntityManager): Promise<void> {
    await tx.delete(Disk, { id: diskId });
  }

  private async claim(values: State): Promise<Partial<State>> {
    const { volume, snapshots } = await this.volumes.claim(values);
    const known = snapshots.map(({ id, name, createdAt }) => ({ id, name: name ?? '', createdAt: createdAt.toISOString() }));
    return { sizeGiB: volume.sizeGiB, volumeType: volume.volumeType, snapshots: known };
  }

  private async unlock({ diskId, volumeId, sizeGiB, volumeType, snapshots }: State, tx: EntityManager): Promise<void> {
    const rows = snapshots.map(({ id, name, createdAt }) => {
      return { cinderSnapshotId: id as VolumeSnapshotId, diskId, volumeId, name, creationTime: new Date(createdAt) };
    });
    if (rows.length > 0) await tx.insert(ImportedSnapshot, rows);
    await diskStatuses.move(
      tx,
      diskId,
      { from: ['locked', 'illegal'], to: 'ok' },
      { provisionedSize: gibToBytes(sizeGiB), volumeType, statusReason: null },
    );
  }

  private async lock({ diskId }: State, tx: EntityManager): Promise<void> {
    await diskStatuses.move(tx, diskId, { from: 'ok', to: 'locked' });
  }
}

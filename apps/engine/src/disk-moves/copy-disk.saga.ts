import { bytesToGiB } from '@clinker/cinder';
import type { OperationMeta, Saga, SagaOutcome, Step } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { z } from 'zod';
import { Disk } from '../disks/disk.entity';
import { diskStatuses } from '../disks/disk.statuses';
import { EventsService } from '../events/events.service';
import { permitCreator } from '../permissions/creator.permission';
import { consumeStorage } from '../quotas/quota.consumption';
import { holdActiveDomains } from '../storage-domains/domain.lock';
import { ConflictError } from '../errors/domain.errors';
import { chooseHost, takeIdleDisk } from './disk-move.rules';
import { VolumeCopyClient } from './volume-copy.client';
import { volumeCopySteps } from './volume-copy.steps';
import { volumeCopyingSchema } from './volume-copying';

const state = volumeCopyingSchema.extend({ creatorId: z.string().nullable().default(null) });

type State = z.output<typeof state>;

/** Makes a new disk with the data of one that no VM uses, in whatever domain and of whatever type. */
@Injectable()
export class CopyDiskSaga implements Saga<State> {
  readonly name = 'copy-disk';
  readonly state = state;
  readonly pointOfNoReturn = 'unlock both disks';

  readonly steps: readonly Step<State>[] = [
    {
      kind: 'transaction',
      name: 'record the copy, and lock the disk',
      run: (at, tx) => this.record(at, tx),
      undo: (at, tx) => this.forget(at, tx),
    },
    ...volumeCopySteps<State>(() => this.copies),
    { kind: 'transaction', name: 'unlock both disks', run: (at, tx) => this.unlock(at, tx) },
  ];

  constructor(
    private readonly copies: VolumeCopyClient,
    private readonly events: EventsService,
  ) {}

  describe({ diskName, diskId, targetName }: State): string {
    return `Copying Virtual Disk ${diskName || diskId} to ${targetName}`;
  }

  async ended({ diskId, diskName, targetDomainId }: State, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    if (outcome.status === 'finished') return;
    const text = `The disk '${diskName}' could not be copied: ${outcome.reason}`;
    await this.events.record('DISK_COPY_FAILED', text, { diskId, storageDomainId: targetDomainId }, tx);
  }

  async stuck({ targetDiskId: diskId, targetName }: State, reason: string, tx: EntityManager, { id }: OperationMeta): Promise<void> {
    await diskStatuses.move(tx, diskId, { from: 'locked', to: 'illegal' }, { statusReason: reason });
    await this.events.record('OPERATION_STUCK', `The job ${id} for the disk '${targetName}' is stuck: ${reason}`, { diskId }, tx);
  }

  private async record(at: State, tx: EntityManager): Promise<Partial<State>> {
    const source = await takeIdleDisk(tx, at.diskId, 'copy');
    const domains = await holdActiveDomains(tx, [source.storageDomainId, at.targetDomainId], 'copy', 'Virtual Disk');
    const [from, to] = [source.storageDomainId, at.targetDomainId].map((id) => domains.find((domain) => domain.id === id));
    if (!from || !to || from.dataCenterId !== to.dataCenterId)
      throw new ConflictError('Cannot copy Virtual Disk. The Storage Domains are not in the same Data Center.');
    const host = await chooseHost(tx, from.dataCenterId, [from.providerId, to.providerId], 'copy');
    const bytes = source.provisionedSize;
    await consumeStorage(tx, { action: 'copy', type: 'Virtual Disk', quotaId: null, storageDomainId: to.id, bytes });
    await diskStatuses.move(tx, source.id, { from: 'ok', to: 'locked' });
    await tx.insert(Disk, {
      id: at.targetDiskId,
      name: at.targetName,
      description: at.targetDescription,
      storageDomainId: to.id,
      volumeId: null,
      volumeType: at.targetVolumeType,
      diskProfileId: at.targetProfileId,
      provisionedSize: source.provisionedSize,
      status: 'locked',
      sparse: source.sparse,
      shareable: false,
      wipeAfterDelete: source.wipeAfterDelete,
      propagateErrors: source.propagateErrors,
      creationTime: new Date(),
    });
    await permitCreator(tx, at.creatorId, 'disk', at.targetDiskId);
    return {
      ...host,
      diskName: source.name,
      sizeGiB: bytesToGiB(source.provisionedSize),
      sourceDomainId: from.id,
      sourceProviderId: from.providerId,
      sourceVolumeId: source.volumeId,
    };
  }

  private async forget({ diskId, targetDiskId }: State, tx: EntityManager): Promise<void> {
    await tx.delete(Disk, { id: targetDiskId });
    await diskStatuses.move(tx, diskId, { from: 'locked', to: 'ok' });
  }

  private async unlock(at: State, tx: EntityManager): Promise<void> {
    const { diskId, diskName, targetDiskId, targetName, targetVolumeId, targetDomainId: storageDomainId } = at;
    await diskStatuses.move(tx, targetDiskId, { from: ['locked', 'illegal'], to: 'ok' }, { volumeId: targetVolumeId, statusReason: null });
    await diskStatuses.move(tx, diskId, { from: ['locked', 'illegal'], to: 'ok' });
    const text = `The disk '${diskName}' was copied to '${targetName}'.`;
    await this.events.record('DISK_COPIED', text, { diskId: targetDiskId, storageDomainId }, tx);
  }
}

import { bytesToGiB } from '@clinker/cinder';
import type { OperationMeta, Saga, SagaOutcome, Step } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Disk } from '../disks/disk.entity';
import { diskStatuses } from '../disks/disk.statuses';
import { ConflictError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { consumeStorage } from '../quotas/quota.consumption';
import { holdActiveDomains } from '../storage-domains/domain.lock';
import { chooseHost, refuseDependants, refuseSnapshots, takeIdleDisk } from './disk-move.rules';
import { VolumeCopyClient } from './volume-copy.client';
import { volumeCopySteps } from './volume-copy.steps';
import { type VolumeCopying, volumeCopyingSchema } from './volume-copying';

type State = VolumeCopying;

/** Moves a disk that no VM uses into a volume of another domain. Until all data are there, the old volume is the disk's. */
@Injectable()
export class MoveDiskSaga implements Saga<State> {
  readonly name = 'move-disk';
  readonly state = volumeCopyingSchema;
  readonly pointOfNoReturn = 'give the disk the new volume';

  readonly steps: readonly Step<State>[] = [
    { kind: 'transaction', name: 'lock the disk', run: (at, tx) => this.lock(at, tx), undo: (at, tx) => this.unlock(at, tx) },
    ...volumeCopySteps<State>(() => this.copies),
    { kind: 'transaction', name: 'give the disk the new volume', run: (at, tx) => this.switch(at, tx) },
    { kind: 'call', name: 'delete the old volume in Cinder', run: (at, ctx) => this.copies.removeSource(at, ctx) },
    { kind: 'transaction', name: 'unlock the disk', run: (at, tx) => this.unlock(at, tx) },
  ];

  constructor(
    private readonly copies: VolumeCopyClient,
    private readonly events: EventsService,
  ) {}

  describe({ diskName, diskId }: State): string {
    return `Moving Virtual Disk ${diskName || diskId}`;
  }

  async ended({ diskId, diskName, sourceDomainId }: State, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    if (outcome.status === 'finished') return;
    const text = `The disk '${diskName}' could not be moved: ${outcome.reason}`;
    await this.events.record('DISK_MOVE_FAILED', text, { diskId, storageDomainId: sourceDomainId }, tx);
  }

  async stuck({ diskId, diskName }: State, reason: string, tx: EntityManager, { id }: OperationMeta): Promise<void> {
    await diskStatuses.move(tx, diskId, { from: 'locked', to: 'illegal' }, { statusReason: reason });
    await this.events.record('OPERATION_STUCK', `The job ${id} for the disk '${diskName}' is stuck: ${reason}`, { diskId }, tx);
  }

  private async lock({ diskId, targetDomainId }: State, tx: EntityManager): Promise<Partial<State>> {
    const disk = await takeIdleDisk(tx, diskId, 'move');
    await refuseDependants(tx, disk);
    await refuseSnapshots(tx, disk);
    const domains = await holdActiveDomains(tx, [disk.storageDomainId, targetDomainId], 'move', 'Virtual Disk');
    const [source, target] = [disk.storageDomainId, targetDomainId].map((id) => domains.find((domain) => domain.id === id));
    if (!source || !target || source.dataCenterId !== target.dataCenterId)
      throw new ConflictError('Cannot move Virtual Disk. The Storage Domains are not in the same Data Center.');
    await this.consume(tx, disk, target.id);
    const host = await chooseHost(tx, source.dataCenterId, [source.providerId, target.providerId], 'move');
    await diskStatuses.move(tx, diskId, { from: 'ok', to: 'locked' });
    return {
      ...host,
      diskName: disk.name,
      sizeGiB: bytesToGiB(disk.provisionedSize),
      sourceDomainId: source.id,
      sourceProviderId: source.providerId,
      sourceVolumeId: disk.volumeId,
    };
  }

  /** Asked before the copy is made, and again when it counts: meanwhile others may have taken of the quota. @throws ConflictError */
  private consume(tx: EntityManager, { quotaId, provisionedSize: bytes }: Disk, storageDomainId: string): Promise<void> {
    return consumeStorage(tx, { action: 'move', type: 'Virtual Disk', quotaId, storageDomainId, bytes, isMoved: true });
  }

  private async unlock({ diskId }: State, tx: EntityManager): Promise<void> {
    await diskStatuses.move(tx, diskId, { from: ['locked', 'illegal'], to: 'ok' }, { statusReason: null });
  }

  private async switch(at: State, tx: EntityManager): Promise<void> {
    const { diskId, diskName, targetDomainId: storageDomainId, targetVolumeId: volumeId } = at;
    await this.consume(tx, await tx.findOneByOrFail(Disk, { id: diskId }), storageDomainId);
    const moved = { storageDomainId, volumeId, volumeType: at.targetVolumeType, diskProfileId: at.targetProfileId };
    await tx.update(Disk, { id: diskId }, moved);
    await this.events.record('DISK_MOVED', `The disk '${diskName}' was moved.`, { diskId, storageDomainId }, tx);
  }
}

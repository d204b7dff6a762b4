import { bytesToGiB } from '@clinker/cinder';
import { type OperationMeta, type Saga, type SagaOutcome, type Step, type StepContext, stepsIf } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { z } from 'zod';
import { Disk } from '../disks/disk.entity';
import { diskStatuses } from '../disks/disk.statuses';
import type { PlacedVolume } from '../disks/volume-work.client';
import { NotFoundError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { holdActiveDomains } from '../storage-domains/domain.lock';
import { chooseHost, refuseDependants, refuseSnapshots, takeIdleDisk } from './disk-move.rules';
import { VolumeCopyClient } from './volume-copy.client';
import { volumeCopySteps } from './volume-copy.steps';
import { volumeCopyingSchema } from './volume-copying';
import { VolumeTypeClient } from './volume-type.client';

const state = volumeCopyingSchema.extend({
  targetVolumeType: z.string(),
  dataCenterId: z.string().nullable().default(null),
  /** Cinder works on the change of the type. */
  isAsked: z.boolean().default(false),
  /** The volume has the new type, and no data need to go anywhere. */
  isRetyped: z.boolean().default(false),
});

/** What `retype-disk` is started with. */
export type RetypeDisk = z.input<typeof state>;
type State = z.output<typeof state>;

const mustBeCopied = ({ isRetyped }: State): boolean => !isRetyped;

const volumeOf = ({ diskId, sourceProviderId: providerId, sourceVolumeId: volumeId }: State): PlacedVolume => {
  if (volumeId === null) throw new Error('The disk was locked without a volume');
  return { diskId, providerId, volumeId };
};

/**
 * Gives a disk that no VM uses another volume type of its storage domain: in place where Cinder can, which takes a moment and keeps the disk's
 * snapshots, and by copying the data into a new volume where it cannot. A type that Cinder has changed is not changed back.
 */
@Injectable()
export class RetypeDiskSaga implements Saga<State> {
  readonly name = 'retype-disk';
  readonly state = state;
  readonly pointOfNoReturn = 'note the new type';

  readonly steps: readonly Step<State>[] = [
    {
      kind: 'transaction',
      name: 'lock the disk for its new type',
      run: (at, tx) => this.lock(at, tx),
      undo: (at, tx) => this.unlock(at, tx),
    },
    {
      kind: 'call',
      name: 'ask Cinder to change the type in place',
      run: async (at) => ({ isAsked: await this.types.ensureRetyping(volumeOf(at), at.targetVolumeType) }),
      undo: (at, ctx) => this.settle(at, ctx),
    },
    {
      kind: 'wait',
      name: 'wait until Cinder has changed the type',
      until: (at, ctx) => this.isEnded(at, ctx),
      every: '5s',
      within: '1h',
    },
    ...stepsIf(mustBeCopied, [
      { kind: 'transaction', name: 'choose a host that copies the data', run: (at, tx) => this.chooseHost(at, tx) },
      ...volumeCopySteps<State>(() => this.copies),
    ]),
    { kind: 'transaction', name: 'note the new type', run: (at, tx) => this.note(at, tx) },
    ...stepsIf(mustBeCopied, [
      { kind: 'call', name: 'delete the old volume in Cinder', run: (at, ctx) => this.copies.removeSource(at, ctx) },
    ]),
    { kind: 'transaction', name: 'unlock the disk', run: (at, tx) => this.unlock(at, tx) },
  ];

  constructor(
    private readonly db: EntityManager,
    private readonly types: VolumeTypeClient,
    private readonly copies: VolumeCopyClient,
    private readonly events: EventsService,
  ) {}

  describe({ diskName, diskId, targetVolumeType }: State): string {
    return `Changing the type of Virtual Disk ${diskName || diskId} to ${targetVolumeType}`;
  }

  async ended({ diskId, diskName, sourceDomainId }: State, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    if (outcome.status === 'finished') return;
    const text = `The type of the disk '${diskName}' could not be changed: ${outcome.reason}`;
    await this.events.record('DISK_MOVE_FAILED', text, { diskId, storageDomainId: sourceDomainId }, tx);
  }

  async stuck({ diskId, diskName }: State, reason: string, tx: EntityManager, { id }: OperationMeta): Promise<void> {
    await diskStatuses.move(tx, diskId, { from: 'locked', to: 'illegal' }, { statusReason: reason });
    await this.events.record('OPERATION_STUCK', `The job ${id} for the disk '${diskName}' is stuck: ${reason}`, { diskId }, tx);
  }

  private async lock({ diskId }: State, tx: EntityManager): Promise<Partial<State>> {
    const disk = await takeIdleDisk(tx, diskId, 'move');
    await refuseDependants(tx, disk);
    const [domain] = await holdActiveDomains(tx, [disk.storageDomainId], 'move', 'Virtual Disk');
    if (!domain) throw new NotFoundError('Storage Domain', disk.storageDomainId);
    await diskStatuses.move(tx, diskId, { from: 'ok', to: 'locked' });
    return {
      diskName: disk.name,
      sizeGiB: bytesToGiB(disk.provisionedSize),
      dataCenterId: domain.dataCenterId,
      sourceDomainId: domain.id,
      sourceProviderId: domain.providerId,
      sourceVolumeId: disk.volumeId,
    };
  }

  private async isEnded(at: State, ctx: StepContext): Promise<boolean | Partial<State>> {
    if (!at.isAsked) return true;
    const isRetyped = await this.types.isRetyped(volumeOf(at), at.targetVolumeType, ctx);
    return isRetyped === undefined ? false : { isRetyped };
  }

  /** The undo: a type that the volume has got by now is the disk's. */
  private async settle(at: State, ctx: StepContext): Promise<void> {
    const volumeType = await this.types.settled(volumeOf(at), ctx);
    if (volumeType === at.targetVolumeType) await this.db.update(Disk, { id: at.diskId }, { volumeType });
  }

  private async chooseHost({ diskId, diskName: name, dataCenterId, sourceProviderId }: State, tx: EntityManager): Promise<Partial<State>> {
    await refuseSnapshots(tx, { id: diskId, name });
    return chooseHost(tx, dataCenterId, [sourceProviderId], 'move');
  }

  private async note(at: State, tx: EntityManager): Promise<void> {
    const { diskId, diskName, targetVolumeType: volumeType, targetProfileId: diskProfileId } = at;
    const volume = at.isRetyped ? {} : { volumeId: at.targetVolumeId };
    await tx.update(Disk, { id: diskId }, { ...volume, volumeType, diskProfileId });
    const text = `The type of the disk '${diskName}' was changed to ${volumeType}.`;
    await this.events.record('DISK_MOVED', text, { diskId, storageDomainId: at.sourceDomainId }, tx);
  }

  private async unlock({ diskId }: State, tx: EntityManager): Promise<void> {
    await diskStatuses.move(tx, diskId, { from: ['locked', 'illegal'], to: 'ok' }, { statusReason: null });
  }
}

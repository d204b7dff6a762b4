import { messages, renderMessage } from '@clinker/ovirt-api';
import type { OperationMeta, Saga, SagaOutcome, Step } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { DiskAttachment } from '../disk-attachments/disk-attachment.entity';
import { ConflictError, NotFoundError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { holdActiveDomains } from '../storage-domains/domain.lock';
import { refuseTemplateDisk } from '../templates/template-disk.rules';
import { DiskSnapshot } from './disk-snapshot.entity';
import { DiskVolume } from './disk-volume.entity';
import { Disk } from './disk.entity';
import { diskIdSchema, volumeIdSchema } from './disk.ids';
import { diskStatuses } from './disk.statuses';
import { VolumeOwnershipClient } from './volume-ownership.client';
import type { PlacedVolume } from './volume-work.client';

const state = z.object({
  diskId: diskIdSchema,
  diskName: z.string().default(''),
  storageDomainId: z.string().default(''),
  providerId: z.string().default(''),
  volumeId: volumeIdSchema.nullable().default(null),
});

type State = z.output<typeof state>;

const UNREGISTER = { action: 'unregister', type: 'Virtual Disk' } as const;

const volumeOf = ({ diskId, providerId, volumeId }: State): PlacedVolume => {
  if (volumeId === null) throw new Error('The disk was locked without a volume');
  return { diskId, providerId, volumeId };
};

/** Forgets a disk and leaves its volume, with its data and its snapshots, to whoever wants it. */
@Injectable()
export class UnregisterDiskSaga implements Saga<State> {
  readonly name = 'unregister-disk';
  readonly state = state;

  readonly steps: readonly Step<State>[] = [
    {
      kind: 'transaction',
      name: 'lock the disk',
      run: (values, tx) => this.lock(values, tx),
      undo: (values, tx) => this.unlock(values, tx),
    },
    {
      kind: 'call',
      name: 'take our mark from the volume in Cinder',
      within: '2m',
      run: (values) => this.volumes.release(volumeOf(values)),
      undo: async (values) => void (await this.volumes.claim(volumeOf(values))),
    },
    { kind: 'transaction', name: 'forget the disk', run: (values, tx) => this.forget(values, tx) },
  ];

  constructor(
    private readonly volumes: VolumeOwnershipClient,
    private readonly events: EventsService,
  ) {}

  describe({ diskName, diskId }: State): string {
    return `Unregistering Virtual Disk ${diskName || diskId}`;
  }

  async ended({ diskId, diskName, storageDomainId }: State, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    if (outcome.status === 'finished') return;
    const text = `The disk '${diskName}' could not be unregistered: ${outcome.reason}`;
    await this.events.record('DISK_UNREGISTER_FAILED', text, { diskId, storageDomainId }, tx);
  }

  async stuck({ diskId, diskName, storageDomainId }: State, reason: string, tx: EntityManager, { id }: OperationMeta): Promise<void> {
    await diskStatuses.move(tx, diskId, { from: 'locked', to: 'illegal' }, { statusReason: reason });
    const text = `The job ${id} for the disk '${diskName}' is stuck: ${reason}`;
    await this.events.record('OPERATION_STUCK', text, { diskId, storageDomainId }, tx);
  }

  private async lock({ diskId }: State, tx: EntityManager): Promise<Partial<State>> {
    const disk = await tx.findOne(Disk, { where: { id: diskId }, lock: { mode: 'pessimistic_write' } });
    if (!disk) throw new NotFoundError('Disk', diskId);
    const { name: diskName, storageDomainId, volumeId, status } = disk;
    if (status === 'locked') throw new ConflictError(renderMessage(messages.DISK_LOCKED, UNREGISTER));
    if (status === 'illegal' || volumeId === null)
      throw new ConflictError(renderMessage(messages.DISKS_ILLEGAL, { ...UNREGISTER, diskAliases: diskName }));
    await this.refuseUsed(disk, tx);
    const [domain] = await holdActiveDomains(tx, [storageDomainId], UNREGISTER.action, UNREGISTER.type);
    await diskStatuses.move(tx, diskId, { from: 'ok', to: 'locked' });
    return { diskName, storageDomainId, volumeId, providerId: domain?.providerId ?? '' };
  }

  /** A VM, a snapshot or a template that needs the disk would be left without it. */
  private async refuseUsed({ id: diskId, name }: Disk, tx: EntityManager): Promise<void> {
    await refuseTemplateDisk(tx, diskId, UNREGISTER.action);
    if (await tx.existsBy(DiskAttachment, { diskId }))
      throw new ConflictError(`Cannot unregister Virtual Disk. The disk ${name} is attached to a VM: detach it first.`);
    if ((await tx.existsBy(DiskSnapshot, { diskId })) || (await tx.existsBy(DiskVolume, { diskId })))
      throw new ConflictError(`Cannot unregister Virtual Disk. The disk ${name} is part of snapshots: remove them first.`);
  }

  private async unlock({ diskId }: State, tx: EntityManager): Promise<void> {
    await diskStatuses.move(tx, diskId, { from: 'locked', to: 'ok' });
  }

  private async forget({ diskId, diskName, storageDomainId }: State, tx: EntityManager): Promise<void> {
    await tx.delete(Disk, { id: diskId });
    const text = `The disk '${diskName}' was unregistered; its volume stays in Cinder.`;
    await this.events.record('DISK_UNREGISTERED', text, { storageDomainId }, tx);
  }
}

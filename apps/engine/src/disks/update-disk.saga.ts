import type { OperationMeta, Saga, Step } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { z } from 'zod';
import { EventsService } from '../events/events.service';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import { DiskVolumeClient } from './disk-volume.client';
import { Disk } from './disk.entity';
import { diskIdSchema } from './disk.ids';

const state = z.object({ diskId: diskIdSchema, diskName: z.string() });

type State = z.output<typeof state>;

/**
 * Shows a disk's name and description in Cinder too. The disk has them already, so this is tried until it succeeds. What is written is what
 * the disk is called then: of two changes, in whatever order their operations come, the later one stays.
 */
@Injectable()
export class UpdateDiskSaga implements Saga<State> {
  readonly name = 'update-disk';
  readonly state = state;
  readonly pointOfNoReturn = 'tell Cinder the name and description';

  readonly steps: readonly Step<State>[] = [
    { kind: 'call', name: 'tell Cinder the name and description', run: (values) => this.tell(values) },
  ];

  constructor(
    private readonly db: EntityManager,
    private readonly volumes: DiskVolumeClient,
    private readonly events: EventsService,
  ) {}

  describe({ diskName }: State): string {
    return `Editing Virtual Disk ${diskName}`;
  }

  async stuck({ diskId, diskName }: State, reason: string, tx: EntityManager, { id }: OperationMeta): Promise<void> {
    const text = `The job ${id}, which shows the name of the disk '${diskName}' in Cinder, is stuck: ${reason}`;
    await this.events.record('OPERATION_STUCK', text, { diskId }, tx);
  }

  private async tell({ diskId }: State): Promise<void> {
    const before = await this.db.findOneBy(Disk, { id: diskId });
    if (!before?.volumeId) return;
    const { providerId } = await this.db.findOneByOrFail(StorageDomain, { id: before.storageDomainId });
    await this.volumes.rename({ diskId, providerId }, before.volumeId, before);
    const { name, description, volumeId } = (await this.db.findOneBy(Disk, { id: diskId })) ?? before;
    const isLatest = name === before.name && description === before.description && volumeId === before.volumeId;
    if (!isLatest) await this.tell({ diskId, diskName: name });
  }
}

import { Injectable } from '@nestjs/common';
import { EntityManager, In } from 'typeorm';
import { Disk, type DiskId, type VolumeId } from '../disks/disk.entity';
import { diskStatuses } from '../disks/disk.statuses';
import { EventsService } from '../events/events.service';
import type { DiskVolumeRow } from './leftover-search.client';

/** The beginning of the reason by which a disk is known that became illegal here, and so may become ok again here. */
const LOST = 'Its volume is gone from Cinder: ';

const ILLEGAL = `
  SELECT disk.id AS "diskId", disk.volume_id AS "volumeId" FROM disk JOIN storage_domain domain ON domain.id = disk.storage_domain_id
  WHERE domain.provider_id = $1 AND disk.volume_id IS NOT NULL AND disk.status = 'illegal' AND starts_with(disk.status_reason, $2)`;

/** Disks whose volume has gone behind our back. */
@Injectable()
export class LostVolumesService {
  /** Volumes that were missing at the last look: only a second one in a row counts. */
  private missing = new Map<string, ReadonlySet<string>>();

  constructor(
    private readonly db: EntityManager,
    private readonly events: EventsService,
  ) {}

  /** Takes over which disks of a provider have lost their volume. */
  async note(providerId: string, lost: readonly DiskVolumeRow[]): Promise<void> {
    const before = this.missing.get(providerId);
    this.missing.set(providerId, new Set(lost.map(({ volumeId }) => volumeId)));
    for (const row of lost) if (before?.has(row.volumeId)) await this.becomes('illegal', row);
  }

  /** The disks that became illegal because their volume was missing. */
  async illegal(providerId: string): Promise<DiskVolumeRow[]> {
    return this.db.query<DiskVolumeRow[]>(ILLEGAL, [providerId, LOST]);
  }

  /** The volume is there again. */
  async isBack(row: DiskVolumeRow): Promise<void> {
    await this.becomes('ok', row);
  }

  private async becomes(status: 'ok' | 'illegal', { diskId, volumeId }: DiskVolumeRow): Promise<void> {
    await this.db.transaction(async (tx) => {
      const where = { id: diskId as DiskId, volumeId: volumeId as VolumeId, status: In(status === 'ok' ? ['illegal'] : ['ok']) };
      const disk = await tx.findOne(Disk, { where, lock: { mode: 'pessimistic_write' } });
      if (!disk) return;
      if (status === 'ok') await diskStatuses.move(tx, disk.id, { from: 'illegal', to: 'ok' }, { statusReason: null });
      else await diskStatuses.move(tx, disk.id, { from: 'ok', to: 'illegal' }, { statusReason: `${LOST}${volumeId}.` });
      const [kind, text] =
        status === 'ok'
          ? (['DISK_VOLUME_BACK', `The volume ${volumeId} of the disk '${disk.name}' is back: the disk can be used again.`] as const)
          : (['DISK_VOLUME_LOST', `The volume ${volumeId} of the disk '${disk.name}' is gone from Cinder: the disk is illegal.`] as const);
      await this.events.record(kind, text, { diskId: disk.id, storageDomainId: disk.storageDomainId }, tx);
    });
  }
}

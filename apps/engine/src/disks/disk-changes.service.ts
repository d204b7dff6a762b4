import { bytesToGiB } from '@clinker/cinder';
import { messages, renderMessage } from '@clinker/ovirt-api';
import { Operations } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { refuseSnapshots } from './disk-snapshot.rules';
import { DiskAttachment } from '../disk-attachments/disk-attachment.entity';
import { findDiskProfile } from '../disk-profiles/disk-profile.lookup';
import { ConflictError, NotFoundError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import type { RequestOrigin } from '../http/request-origin';
import { findQuota } from '../quotas/consumers';
import { consumeStorage } from '../quotas/quota.consumption';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import { refuseTemplateDisk } from '../templates/template-disk.rules';
import { Disk, type DiskId } from './disk.entity';
import type { ChangedDisk } from './disk.input';
import { type DiskSettings, type NamedByDisk, changesOf, extensionOf } from './disk.rules';
import type { ExtendDisk } from './extend-disk.saga';
import { VolumeLimitsService } from './volume-limits.service';

const EDIT = { action: 'edit', type: 'Virtual Disk' } as const;

/** What Cinder shows of a disk's volume, too. */
const SHOWN_IN_CINDER: readonly (keyof DiskSettings)[] = ['name', 'description'];

/** Changes disks: their settings at once, and what concerns Cinder and the guests by an operation. */
@Injectable()
export class DiskChangesService {
  constructor(
    private readonly db: EntityManager,
    private readonly limits: VolumeLimitsService,
    private readonly operations: Operations,
    private readonly events: EventsService,
  ) {}

  /**
   * Changes a disk. One that is to grow is locked until it has.
   * @throws NotFoundError, ConflictError, InvalidInputError, UnsupportedError, LimitExceededError, BackendError
   */
  async update(id: string, input: ChangedDisk, origin: RequestOrigin): Promise<Disk> {
    await this.check(id, input);
    return this.db.transaction((tx) => this.apply(id, input, origin, tx));
  }

  /** Asks Cinder, before anything is begun, whether it allows a change. @throws what {@link update} throws */
  async check(id: string, input: ChangedDisk): Promise<void> {
    const disk = await this.db.findOneBy(Disk, { id: id as DiskId });
    if (!disk) throw new NotFoundError('Disk', id);
    const domain = await this.db.findOneByOrFail(StorageDomain, { id: disk.storageDomainId });
    changesOf(disk, domain, input);
    await this.namedBy(this.db, domain, input);
    const { volumeType } = disk;
    const sizeGiB = extensionOf(disk, input.provisioned_size);
    if (sizeGiB !== undefined) await this.limits.checkGrowth(domain, { sizeGiB, volumeType, presentGiB: bytesToGiB(disk.provisionedSize) });
    if (input.shareable && !disk.shareable) await this.limits.requireMultiattach(domain, disk);
  }

  /** The change itself, after {@link check}, as part of the caller's transaction. @throws as {@link update}, except what Cinder says */
  async apply(id: string, input: ChangedDisk, origin: RequestOrigin, tx: EntityManager): Promise<Disk> {
    const disk = await tx.findOne(Disk, { where: { id: id as DiskId }, lock: { mode: 'pessimistic_write' } });
    if (!disk) throw new NotFoundError('Disk', id);
    if (disk.status === 'locked') throw new ConflictError(renderMessage(messages.DISK_LOCKED, EDIT));
    await refuseTemplateDisk(tx, disk.id, 'edit');
    const domain = await tx.findOneByOrFail(StorageDomain, { id: disk.storageDomainId });
    const changes = changesOf(disk, domain, input, await this.namedBy(tx, domain, input));
    const sizeGiB = extensionOf(disk, input.provisioned_size);
    if (Object.keys(changes).length > 0) await this.change(disk, changes, origin, tx);
    if (sizeGiB !== undefined) await this.extend(disk, sizeGiB, origin, tx);
    return { ...disk, ...changes, ...(sizeGiB === undefined ? {} : { status: 'locked' as const }) };
  }

  private async change(disk: Disk, changes: Partial<DiskSettings>, origin: RequestOrigin, tx: EntityManager): Promise<void> {
    const { id: diskId, name, storageDomainId } = disk;
    await this.refuseSharingOfPlugged(disk, changes, tx);
    if (changes.quotaId) await consumeStorage(tx, { ...EDIT, quotaId: changes.quotaId, storageDomainId, bytes: disk.provisionedSize });
    await tx.update(Disk, { id: diskId }, changes);
    await this.events.record('DISK_UPDATED', `The disk '${name}' was updated.`, { diskId, storageDomainId }, tx);
    if (!SHOWN_IN_CINDER.some((key) => key in changes)) return;
    const subjects = [{ type: 'disk', id: diskId }];
    await this.operations.start('update-disk', { diskId, diskName: changes.name ?? name }, { ...origin, subjects }, tx);
  }

  /** @throws NotFoundError, InvalidInputError */
  private async namedBy(db: EntityManager, { id, dataCenterId }: StorageDomain, input: ChangedDisk): Promise<NamedByDisk> {
    return {
      diskProfileId: await findDiskProfile(db, id, input.disk_profile),
      quotaId: await findQuota(db, dataCenterId, input.quota),
    };
  }

  private async extend({ id: diskId, name: diskName }: Disk, sizeGiB: number, origin: RequestOrigin, tx: EntityManager): Promise<void> {
    const state: ExtendDisk = { diskId, diskName, sizeGiB };
    await this.operations.start('extend-disk', state, { ...origin, subjects: [{ type: 'disk', id: diskId }] }, tx);
  }

  private async refuseSharingOfPlugged(disk: Disk, { shareable }: Partial<DiskSettings>, tx: EntityManager): Promise<void> {
    if (shareable === undefined) return;
    if (shareable) await refuseSnapshots(tx, disk, 'edit');
    const attachments = await tx.findBy(DiskAttachment, { diskId: disk.id });
    if (attachments.some(({ plugged }) => plugged))
      throw new ConflictError('Cannot edit Virtual Disk. Deactivate the disk in all VMs before it becomes shareable or not.');
    if (!shareable && attachments.length > 1)
      throw new ConflictError('Cannot edit Virtual Disk. The disk is attached to more than one VM, so it must stay shareable.');
  }
}

import type { ReferenceInput } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { referred } from '../database/row.access';
import { findDiskProfile } from '../disk-profiles/disk-profile.lookup';
import { AccessService } from '../permissions/access.service';
import type { Permit } from '../permissions/permit.catalog';
import { findQuota } from '../quotas/consumers';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import { Disk, type DiskId } from './disk.entity';
import type { ChangedDisk, NewDisk } from './disk.input';

/** Who may make a disk, or do something with one, where only the body of a request tells which. */
@Injectable()
export class DiskAccess {
  constructor(
    private readonly db: EntityManager,
    private readonly access: AccessService,
  ) {}

  /** In the storage domain of the new disk; a request that names none is refused for that. @throws NotFoundError, ForbiddenError */
  async requireCreate(
    {
      storage_domain,
      storage_domains,
      disk_profile,
      quota,
    }: Pick<NewDisk, 'storage_domain' | 'storage_domains' | 'disk_profile' | 'quota'>,
    askerId: string,
  ): Promise<void> {
    const { id, name } = storage_domain ?? storage_domains?.[0] ?? {};
    if (id === undefined && name === undefined) return;
    const domain = await this.db.findOneBy(StorageDomain, referred({ id, name }));
    if (!domain) return;
    await this.access.require(askerId, 'create_disk', { type: 'storage_domain', id: domain.id });
    await this.requireProfile(domain.id, disk_profile, askerId);
    await this.requireQuota(domain.dataCenterId, quota, askerId);
  }

  /** For a disk that gets another profile or quota, the permit to use that one. @throws NotFoundError, ForbiddenError, InvalidInputError */
  async requireChange(
    diskId: string,
    { disk_profile, quota }: Pick<ChangedDisk, 'disk_profile' | 'quota'>,
    askerId: string,
  ): Promise<void> {
    const disk = (disk_profile ?? quota) && (await this.db.findOneBy(Disk, { id: diskId as DiskId }));
    if (!disk) return;
    if (disk_profile && disk_profile.id !== disk.diskProfileId) await this.requireProfile(disk.storageDomainId, disk_profile, askerId);
    if (!quota || quota.id === disk.quotaId) return;
    const { dataCenterId } = await this.db.findOneByOrFail(StorageDomain, { id: disk.storageDomainId });
    await this.requireQuota(dataCenterId, quota, askerId);
  }

  /** For an object that takes of a quota other than the default, the permit to do so. @throws NotFoundError, ForbiddenError */
  async requireQuota(dataCenterId: string | null, named: ReferenceInput | undefined, askerId: string): Promise<void> {
    const id = await findQuota(this.db, dataCenterId, named);
    if (id !== undefined) await this.access.require(askerId, 'consume_quota', { type: 'quota', id });
  }

  /** Where a disk is, for {@link requireCreate}; nowhere if there is no such disk. */
  async placeOf(diskId: string): Promise<{ storage_domain?: { id: string } }> {
    const disk = await this.db.findOneBy(Disk, { id: diskId as DiskId });
    return disk ? { storage_domain: { id: disk.storageDomainId } } : {};
  }

  private async requireProfile(storageDomainId: string, named: ReferenceInput | undefined, askerId: string): Promise<void> {
    const id = await findDiskProfile(this.db, storageDomainId, named);
    if (id !== undefined) await this.access.require(askerId, 'attach_disk_profile', { type: 'disk_profile', id });
  }

  /** @throws NotFoundError, ForbiddenError */
  require(permit: Permit, diskId: string, askerId: string): Promise<void> {
    return this.access.require(askerId, permit, { type: 'disk', id: diskId });
  }
}

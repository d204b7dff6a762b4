import type { ReferenceInput } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { EntityManager, Not } from 'typeorm';
import { DataCenter } from '../data-centers/data-center.entity';
import { referred } from '../database/row.access';
import { DiskProfile } from '../disk-profiles/disk-profile.entity';
import { findDiskProfile } from '../disk-profiles/disk-profile.lookup';
import { AccessService } from '../permissions/access.service';
import type { Permit } from '../permissions/permit.catalog';
import { findQuota } from '../quotas/consumers';
import { NO_QUOTA } from '../quotas/quota.reference';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import { Disk, type DiskId } from './disk.entity';
import type { ChangedDisk, NewDisk } from './disk.input';

/** What tells where a disk is to be. */
type Placed = Partial<Pick<NewDisk, 'storage_domain' | 'storage_domains' | 'disk_profile' | 'quota'>>;

/** Who may make a disk, or do something with one, where only the body of a request tells which. */
@Injectable()
export class DiskAccess {
  constructor(
    private readonly db: EntityManager,
    private readonly access: AccessService,
  ) {}

  /**
   * In the storage domain of the new disk, with its profile and quota; a request that names no domain is refused for that.
   * @returns what is wanted, with a profile that the asker may use where he names none and may not use the domain's own
   * @throws NotFoundError, ForbiddenError
   */
  async requireCreate<T extends Placed>(wanted: T, askerId: string): Promise<T> {
    const domain = await this.domainOf(wanted);
    if (!domain) return wanted;
    const placed = await this.placed(wanted, domain, askerId);
    await this.requireQuota(domain.dataCenterId, wanted.quota, askerId);
    return placed;
  }

  /** {@link requireCreate} for a disk that moves there: it takes no more of quotas than it does already. @throws NotFoundError, ForbiddenError */
  async requireMove<T extends Placed>(wanted: T, askerId: string): Promise<T> {
    const domain = await this.domainOf(wanted);
    return domain ? this.placed(wanted, domain, askerId) : wanted;
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

  /** For an object that takes of a quota, of the default one if it names none, the permit to do so. @throws NotFoundError, ForbiddenError */
  async requireQuota(dataCenterId: string | null, named: ReferenceInput | undefined, askerId: string): Promise<void> {
    const given = await findQuota(this.db, dataCenterId, named);
    if (given !== undefined) return this.access.require(askerId, 'consume_quota', { type: 'quota', id: given });
    const id = await this.countedQuota(dataCenterId);
    if (id === undefined || (await this.access.may(askerId, 'consume_quota', { type: 'quota', id }))) return;
    await this.access.refuse(askerId, 'consume_quota', { type: 'quota', id });
  }

  /** Where a disk is, for {@link requireCreate}; nowhere if there is no such disk. */
  async placeOf(diskId: string): Promise<{ storage_domain?: { id: string } }> {
    const disk = await this.db.findOneBy(Disk, { id: diskId as DiskId });
    return disk ? { storage_domain: { id: disk.storageDomainId } } : {};
  }

  private async domainOf({ storage_domain, storage_domains }: Placed): Promise<StorageDomain | null> {
    const { id, name } = storage_domain ?? storage_domains?.[0] ?? {};
    return id === undefined && name === undefined ? null : this.db.findOneBy(StorageDomain, referred({ id, name }));
  }

  private async placed<T extends Placed>(wanted: T, { id }: StorageDomain, askerId: string): Promise<T> {
    await this.access.require(askerId, 'create_disk', { type: 'storage_domain', id });
    if (!wanted.disk_profile) return { ...wanted, ...(await this.usableProfile(id, askerId)) };
    await this.requireProfile(id, wanted.disk_profile, askerId);
    return wanted;
  }

  /** None to name if it is the domain's own, which comes first by name. @throws ForbiddenError if there are some and he may use none */
  private async usableProfile(storageDomainId: string, askerId: string): Promise<Pick<Placed, 'disk_profile'>> {
    if (await this.access.mayEverywhere(askerId, 'attach_disk_profile')) return {};
    const profiles = await this.db.find(DiskProfile, { where: { storageDomainId }, order: { name: 'ASC' } });
    for (const { id } of profiles)
      if (await this.access.may(askerId, 'attach_disk_profile', { type: 'disk_profile', id }))
        return id === profiles[0]?.id ? {} : { disk_profile: { id } };
    if (profiles.length > 0) await this.access.refuse(askerId, 'attach_disk_profile', { type: 'storage_domain', id: storageDomainId });
    return {};
  }

  /** The data center's default quota, unless its quotas are disabled. */
  private async countedQuota(dataCenterId: string | null): Promise<string | undefined> {
    const counts = dataCenterId !== null && (await this.db.existsBy(DataCenter, { id: dataCenterId, quotaMode: Not('disabled') }));
    return counts ? findQuota(this.db, dataCenterId, { id: NO_QUOTA }) : undefined;
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

import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { AccessService } from '../permissions/access.service';
import type { Permit } from '../permissions/permit.catalog';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import type { NewDisk } from './disk.input';

/** Who may make a disk, or do something with one, where only the body of a request tells which. */
@Injectable()
export class DiskAccess {
  constructor(
    private readonly db: EntityManager,
    private readonly access: AccessService,
  ) {}

  /** In the storage domain of the new disk; a request that names none is refused for that. @throws NotFoundError, ForbiddenError */
  async requireCreate(
    { storage_domain, storage_domains }: Pick<NewDisk, 'storage_domain' | 'storage_domains'>,
    askerId: string,
  ): Promise<void> {
    const { id, name } = storage_domain ?? storage_domains?.[0] ?? {};
    if (id === undefined && name === undefined) return;
    const domain = await this.db.findOneBy(StorageDomain, id !== undefined ? { id } : { name: name ?? '' });
    if (domain) await this.access.require(askerId, 'create_disk', { type: 'storage_domain', id: domain.id });
  }

  /** @throws NotFoundError, ForbiddenError */
  require(permit: Permit, diskId: string, askerId: string): Promise<void> {
    return this.access.require(askerId, permit, { type: 'disk', id: diskId });
  }
}

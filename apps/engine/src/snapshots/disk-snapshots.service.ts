import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { DiskSnapshot } from '../disks/disk-snapshot.entity';
import { Disk, type DiskId } from '../disks/disk.entity';
import { NotFoundError } from '../errors/domain.errors';
import type { RequestOrigin } from '../http/request-origin';
import { AccessService } from '../permissions/access.service';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import { SnapshotsService } from './snapshots.service';
import type { DiskInSnapshot } from './snapshot.view';
import { disksInSnapshots } from './disks.in-snapshots';

/** The disks of snapshots by themselves, as a storage domain and a disk have them. */
@Injectable()
export class DiskSnapshotsService {
  constructor(
    private readonly db: EntityManager,
    private readonly snapshots: SnapshotsService,
    private readonly access: AccessService,
  ) {}

  /** @throws NotFoundError */
  async ofDomain(storageDomainId: string): Promise<DiskInSnapshot[]> {
    if (!(await this.db.existsBy(StorageDomain, { id: storageDomainId }))) throw new NotFoundError('Storage Domain', storageDomainId);
    return this.ofDomains([storageDomainId]);
  }

  /** @throws NotFoundError */
  async ofDisk(diskId: string): Promise<DiskInSnapshot[]> {
    if (!(await this.db.existsBy(Disk, { id: diskId as DiskId }))) throw new NotFoundError('Disk', diskId);
    return this.ofDisks([diskId]);
  }

  /** One of a list. @throws NotFoundError */
  one(found: readonly DiskInSnapshot[], id: string): DiskInSnapshot {
    const one = found.find(({ image }) => image.id === id);
    if (!one) throw new NotFoundError('Disk Snapshot', id);
    return one;
  }

  /** Begins to remove what a snapshot has of a disk. @returns the operation's id @throws NotFoundError, ForbiddenError, ConflictError */
  async remove(storageDomainId: string, id: string, origin: RequestOrigin): Promise<string> {
    const { vmId, image } = this.one(await this.ofDomain(storageDomainId), id);
    await this.access.require(origin.ownerId, 'manipulate_vm_snapshots', { type: 'vm', id: vmId });
    return this.snapshots.remove(vmId, image.snapshotId, origin, image.id);
  }

  /** The snapshots of these disks. */
  ofDisks(ids: readonly string[]): Promise<DiskInSnapshot[]> {
    return this.of('id', ids);
  }

  /** The snapshots of the disks in these storage domains. */
  ofDomains(ids: readonly string[]): Promise<DiskInSnapshot[]> {
    return this.of('storage_domain_id', ids);
  }

  /** However many there are: a domain can have more disks than a statement can have parameters. */
  private async of(column: 'id' | 'storage_domain_id', ids: readonly string[]): Promise<DiskInSnapshot[]> {
    const images = await this.db
      .createQueryBuilder(DiskSnapshot, 'image')
      .where(`EXISTS (SELECT FROM disk WHERE disk.id = image.disk_id AND disk.${column} = ANY(:ids::uuid[]))`, { ids })
      .orderBy('image.creationTime')
      .addOrderBy('image.id')
      .getMany();
    return disksInSnapshots(this.db, images);
  }
}

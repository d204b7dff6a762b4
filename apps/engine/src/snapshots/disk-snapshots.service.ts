import { Injectable } from '@nestjs/common';
import { EntityManager, type FindOptionsWhere, In } from 'typeorm';
import { DiskSnapshot } from '../disks/disk-snapshot.entity';
import { Disk, type DiskId } from '../disks/disk.entity';
import { NotFoundError } from '../errors/domain.errors';
import type { RequestOrigin } from '../http/request-origin';
import { AccessService } from '../permissions/access.service';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import { SnapshotsService } from './snapshots.service';
import type { DiskInSnapshot } from './snapshot.view';
import { VmSnapshot } from './vm-snapshot.entity';

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
    return this.of({ storageDomainId });
  }

  /** @throws NotFoundError */
  async ofDisk(diskId: string): Promise<DiskInSnapshot[]> {
    const id = diskId as DiskId;
    if (!(await this.db.existsBy(Disk, { id }))) throw new NotFoundError('Disk', diskId);
    return this.of({ id });
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

  private async of(which: FindOptionsWhere<Disk>): Promise<DiskInSnapshot[]> {
    const disks = await this.db.findBy(Disk, which);
    const images = await this.db.find(DiskSnapshot, {
      where: { diskId: In(disks.map(({ id }) => id)) },
      order: { creationTime: 'ASC', id: 'ASC' },
    });
    const owners = await this.db.findBy(VmSnapshot, { id: In(images.map(({ snapshotId }) => snapshotId)) });
    return images.flatMap((image) => {
      const disk = disks.find(({ id }) => id === image.diskId);
      const owner = owners.find(({ id }) => id === image.snapshotId);
      return disk && owner ? [{ disk, image, vmId: owner.vmId }] : [];
    });
  }
}

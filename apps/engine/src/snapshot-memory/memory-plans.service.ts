import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { DiskAttachment } from '../disk-attachments/disk-attachment.entity';
import { Disk, type DiskId } from '../disks/disk.entity';
import { VolumeLimitsService } from '../disks/volume-limits.service';
import { UnsupportedError } from '../errors/domain.errors';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import type { Vm } from '../vms/vm.entity';

const GIB = 2 ** 30;

/** What a guest has besides its memory (bytes): memory of devices, and the description of the domain. */
const BESIDES = 2 ** 28;

/** Size (GiB) of a volume that takes the memory of a VM whatever is in it. */
const memorySizeGiB = ({ memory }: Pick<Vm, 'memory'>): number => Math.ceil((memory + BESIDES) / GIB);

/** Where the memory of a VM is to be kept. */
export interface MemoryPlan {
  readonly memoryId: DiskId;
  readonly storageDomainId: string;
  readonly providerId: string;
  readonly quotaId: string | null;
  readonly sizeGiB: number;
  readonly volumeType: string | null;
}

/** Finds a place for the memory of VMs, and asks Cinder before anything is begun whether it would take it. */
@Injectable()
export class MemoryPlans {
  constructor(
    private readonly db: EntityManager,
    private readonly limits: VolumeLimitsService,
  ) {}

  /**
   * The memory goes where the VM's first disk is.
   * @param begin starts what saves the memory
   * @param refusal for a VM without disks
   * @throws UnsupportedError, ConflictError, LimitExceededError, BackendError, and what `begin` throws
   */
  async with<T>(vm: Vm, refusal: string, begin: (plan: MemoryPlan) => Promise<T>): Promise<T> {
    const plan = await this.plan(vm, refusal);
    try {
      return await begin(plan);
    } catch (error) {
      this.limits.settled(plan.memoryId);
      throw error;
    }
  }

  private async plan(vm: Vm, refusal: string): Promise<MemoryPlan> {
    const disk = await this.firstDisk(vm);
    if (!disk) throw new UnsupportedError(refusal);
    const { storageDomainId, volumeType, quotaId } = disk;
    const domain = await this.db.findOneByOrFail(StorageDomain, { id: storageDomainId });
    const memoryId = randomUUID() as DiskId;
    const sizeGiB = memorySizeGiB(vm);
    const type = volumeType === null ? undefined : { name: volumeType };
    const place = { memoryId, storageDomainId, providerId: domain.providerId, quotaId, sizeGiB };
    return { ...place, volumeType: await this.limits.check(domain, { claim: memoryId, sizeGiB, type }) };
  }

  /** That from which the VM boots, or the first by name. */
  private async firstDisk({ id: vmId }: Vm): Promise<Disk | undefined> {
    const [disk] = await this.db
      .createQueryBuilder(Disk, 'disk')
      .innerJoin(DiskAttachment, 'attachment', 'attachment.disk_id = disk.id AND attachment.vm_id = :vmId', { vmId })
      .where('NOT disk.shareable')
      .orderBy('attachment.plugged', 'DESC')
      .addOrderBy('attachment.bootable', 'DESC')
      .addOrderBy('disk.name')
      .getMany();
    return disk;
  }
}

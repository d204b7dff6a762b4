import { type Operation, Operations } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import type { DiskId } from '../disks/disk.entity';
import { VolumeLimitsService } from '../disks/volume-limits.service';
import type { RequestOrigin } from '../http/request-origin';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import type { Vm } from '../vms/vm.entity';
import type { CreateMemorySnapshot } from './create-memory-snapshot.saga';
import type { CreateSnapshot } from './create-snapshot.saga';
import { firstDisk, memorySizeGiB } from './memory.rules';

/** Begins to take snapshots with memory. */
@Injectable()
export class MemorySnapshotsService {
  constructor(
    private readonly db: EntityManager,
    private readonly operations: Operations,
    private readonly limits: VolumeLimitsService,
  ) {}

  /** The memory goes where the VM's first disk is. @throws ConflictError, UnsupportedError, LimitExceededError, BackendError */
  async start(vm: Vm, snapshot: CreateSnapshot, origin: RequestOrigin): Promise<Operation> {
    const { storageDomainId, volumeType, quotaId } = await firstDisk(this.db, vm);
    const domain = await this.db.findOneByOrFail(StorageDomain, { id: storageDomainId });
    const memoryId = randomUUID() as DiskId;
    const sizeGiB = memorySizeGiB(vm);
    const type = volumeType === null ? undefined : { name: volumeType };
    const place = { memoryId, storageDomainId, providerId: domain.providerId, quotaId, sizeGiB };
    const state: CreateMemorySnapshot = {
      ...snapshot,
      ...place,
      volumeType: await this.limits.check(domain, { claim: memoryId, sizeGiB, type }),
    };
    try {
      return await this.operations.start('create-memory-snapshot', state, { ...origin, subjects: [{ type: 'vm', id: vm.id }] });
    } catch (error) {
      this.limits.settled(memoryId);
      throw error;
    }
  }
}

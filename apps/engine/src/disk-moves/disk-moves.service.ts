import { messages, renderMessage } from '@clinker/ovirt-api';
import { bytesToGiB } from '@clinker/cinder';
import { type Operation, Operations } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { findRow, referred } from '../database/row.access';
import { findDiskProfile } from '../disk-profiles/disk-profile.lookup';
import { Disk, type DiskId } from '../disks/disk.entity';
import { VolumeLimitsService } from '../disks/volume-limits.service';
import { ConflictError, IncompleteInputError } from '../errors/domain.errors';
import type { RequestOrigin } from '../http/request-origin';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import type { DiskMove } from './disk-move.input';
import type { MoveAction } from './disk-move.rules';
import type { NewVolumeCopying } from './volume-copying';

/** A copy, and the operation that makes it. */
export interface BegunCopy {
  readonly operation: Operation;
  readonly diskId: string;
}

/** Begins to move and to copy disks. */
@Injectable()
export class DiskMovesService {
  constructor(
    private readonly db: EntityManager,
    private readonly limits: VolumeLimitsService,
    private readonly operations: Operations,
  ) {}

  /** @throws NotFoundError, ConflictError, IncompleteInputError, InvalidInputError, LimitExceededError, BackendError */
  async move(id: string, input: DiskMove, origin: RequestOrigin): Promise<Operation> {
    const disk = await this.disk(id);
    const domain = await this.domain(input, 'move');
    const type = input.disk?.openstack_volume_type;
    if (domain.id === disk.storageDomainId && (type === undefined || type.name === disk.volumeType))
      throw new ConflictError(`Cannot move Virtual Disk. The disk ${disk.name} is in the Storage Domain ${domain.name} already.`);
    this.refuseInactive(domain, 'move');
    const state = await this.plan(disk, domain, input, { id: disk.id, name: disk.name, description: disk.description });
    if (disk.shareable) await this.limits.requireMultiattachType(domain, state.targetVolumeType);
    return this.start(domain.id === disk.storageDomainId ? 'retype-disk' : 'move-disk', state, origin);
  }

  /** @throws as {@link move} */
  async copy(id: string, input: DiskMove, origin: RequestOrigin): Promise<BegunCopy> {
    const disk = await this.disk(id);
    const domain = input.storage_domain
      ? await this.domain(input, 'copy')
      : await this.db.findOneByOrFail(StorageDomain, { id: disk.storageDomainId });
    this.refuseInactive(domain, 'copy');
    const { name = input.disk?.alias ?? disk.name, description = disk.description } = input.disk ?? {};
    const target = { id: randomUUID() as DiskId, name, description };
    const state = { ...(await this.plan(disk, domain, input, target)), creatorId: origin.ownerId };
    return { operation: await this.start('copy-disk', state, origin), diskId: target.id };
  }

  private async plan(
    disk: Disk,
    domain: StorageDomain,
    input: DiskMove,
    target: Pick<Disk, 'id' | 'name' | 'description'>,
  ): Promise<NewVolumeCopying> {
    const profile = await findDiskProfile(this.db, domain.id, input.disk_profile);
    const isSame = domain.id === disk.storageDomainId;
    const type = input.disk?.openstack_volume_type ?? (isSame && disk.volumeType !== null ? { name: disk.volumeType } : undefined);
    const sizeGiB = bytesToGiB(disk.provisionedSize);
    const targetVolumeType = await this.limits.check(domain, { claim: target.id, sizeGiB, type });
    return {
      diskId: disk.id,
      targetDiskId: target.id,
      targetName: target.name,
      targetDescription: target.description,
      targetDomainId: domain.id,
      targetProviderId: domain.providerId,
      targetVolumeType,
      targetProfileId: profile ?? (isSame ? disk.diskProfileId : null),
    };
  }

  private async start(saga: 'move-disk' | 'retype-disk' | 'copy-disk', state: NewVolumeCopying, origin: RequestOrigin): Promise<Operation> {
    const ids = [...new Set([state.targetDiskId, state.diskId])];
    try {
      return await this.operations.start(saga, state, { ...origin, subjects: ids.map((id) => ({ type: 'disk', id })) });
    } finally {
      this.limits.settled(state.targetDiskId);
    }
  }

  /** The Cinder of a domain that is not active need not answer: it is not even asked. */
  private refuseInactive({ status }: StorageDomain, action: MoveAction): void {
    if (status === 'active') return;
    throw new ConflictError(renderMessage(messages.STORAGE_DOMAIN_STATUS_ILLEGAL, { action, type: 'Virtual Disk', status }));
  }

  private disk(id: string): Promise<Disk> {
    return findRow(this.db, Disk, 'Disk', { id: id as DiskId });
  }

  private domain({ storage_domain }: DiskMove, action: MoveAction): Promise<StorageDomain> {
    if (!storage_domain) throw new IncompleteInputError(`Action [storageDomain.id|name] required for ${action}`);
    const { id, name } = storage_domain;
    return findRow(this.db, StorageDomain, 'Storage Domain', referred({ id, name }));
  }
}

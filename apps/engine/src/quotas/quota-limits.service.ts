import type { ReferenceInput } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { Cluster } from '../clusters/cluster.entity';
import { brokenUniqueConstraint } from '../database/constraint.violation';
import { findRow } from '../database/row.access';
import { ConflictError } from '../errors/domain.errors';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import { type Quota, QuotaClusterLimit, QuotaStorageLimit, UNLIMITED } from './quota.entity';
import type { NewClusterLimit, NewStorageLimit } from './quota.input';

const named = ({ id, name }: ReferenceInput) => (id === undefined ? { name: name ?? '' } : { id });

const refuseSecond = (error: unknown): never => {
  if (!brokenUniqueConstraint(error)) throw error;
  throw new ConflictError('Cannot add Quota. The Quota has a limit for this already; remove it first.', { cause: error });
};

/** A limit for all and limits for single ones exclude each other, as in oVirt. */
function refuseMixture(others: readonly (string | null)[], subject: string | null): void {
  if (others.some((other) => (other === null) !== (subject === null)))
    throw new ConflictError('Cannot add Quota. Limitations for all and for specific objects cannot be used together.');
}

/** The limits that make a quota. */
@Injectable()
export class QuotaLimitsService {
  constructor(private readonly db: EntityManager) {}

  storageLimits({ id }: Quota): Promise<QuotaStorageLimit[]> {
    return this.db.find(QuotaStorageLimit, { where: { quotaId: id }, order: { id: 'ASC' } });
  }

  clusterLimits({ id }: Quota): Promise<QuotaClusterLimit[]> {
    return this.db.find(QuotaClusterLimit, { where: { quotaId: id }, order: { id: 'ASC' } });
  }

  /** @throws NotFoundError */
  storageLimit({ id: quotaId }: Quota, id: string): Promise<QuotaStorageLimit> {
    return findRow(this.db, QuotaStorageLimit, 'Quota Storage Limit', { id, quotaId });
  }

  /** @throws NotFoundError */
  clusterLimit({ id: quotaId }: Quota, id: string): Promise<QuotaClusterLimit> {
    return findRow(this.db, QuotaClusterLimit, 'Quota Cluster Limit', { id, quotaId });
  }

  /** For one domain, or without one for all of the data center. @throws NotFoundError, ConflictError */
  async addStorageLimit(quota: Quota, { limit, storage_domain }: NewStorageLimit): Promise<QuotaStorageLimit> {
    const { dataCenterId } = quota;
    const domain = storage_domain && (await findRow(this.db, StorageDomain, 'Storage Domain', { ...named(storage_domain), dataCenterId }));
    const storageDomainId = domain?.id ?? null;
    const others = await this.storageLimits(quota);
    refuseMixture(
      others.map((other) => other.storageDomainId),
      storageDomainId,
    );
    const id = randomUUID();
    await this.db.insert(QuotaStorageLimit, { id, quotaId: quota.id, storageDomainId, limit }).catch(refuseSecond);
    return this.storageLimit(quota, id);
  }

  /** For one cluster, or without one for all of the data center. @throws NotFoundError, ConflictError */
  async addClusterLimit(quota: Quota, input: NewClusterLimit): Promise<QuotaClusterLimit> {
    const { dataCenterId } = quota;
    const { cluster: reference, vcpu_limit: vcpuLimit = UNLIMITED, memory_limit: memoryLimit = UNLIMITED } = input;
    const cluster = reference && (await findRow(this.db, Cluster, 'Cluster', { ...named(reference), dataCenterId }));
    const clusterId = cluster?.id ?? null;
    const others = await this.clusterLimits(quota);
    refuseMixture(
      others.map((other) => other.clusterId),
      clusterId,
    );
    const id = randomUUID();
    await this.db.insert(QuotaClusterLimit, { id, quotaId: quota.id, clusterId, vcpuLimit, memoryLimit }).catch(refuseSecond);
    return this.clusterLimit(quota, id);
  }

  /** @throws NotFoundError */
  async removeStorageLimit(quota: Quota, id: string): Promise<void> {
    await this.storageLimit(quota, id);
    await this.db.delete(QuotaStorageLimit, { id });
  }

  /** @throws NotFoundError */
  async removeClusterLimit(quota: Quota, id: string): Promise<void> {
    await this.clusterLimit(quota, id);
    await this.db.delete(QuotaClusterLimit, { id });
  }
}

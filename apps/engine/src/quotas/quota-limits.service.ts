import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager, In } from 'typeorm';
import { Cluster } from '../clusters/cluster.entity';
import { brokenUniqueConstraint } from '../database/constraint.violation';
import { findRow, referred } from '../database/row.access';
import { ConflictError, NotFoundError } from '../errors/domain.errors';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import { type Quota, QuotaClusterLimit, QuotaStorageLimit, UNLIMITED } from './quota.entity';
import type { NewClusterLimit, NewStorageLimit } from './quota.input';
import type { ClusterLimitView, StorageLimitView } from './quota.representation';
import { clusterUsage, storageUsage } from './quota.usage';

const refuseSecond = (error: unknown): never => {
  if (!brokenUniqueConstraint(error)) throw error;
  throw new ConflictError('Cannot add Quota. The Quota has a limit for this already; remove it first.', { cause: error });
};

/** A limit for all and limits for single ones exclude each other, as in oVirt. */
function refuseMixture(others: readonly (string | null)[], subject: string | null): void {
  if (others.some((other) => (other === null) !== (subject === null)))
    throw new ConflictError('Cannot add Quota. Limitations for all and for specific objects cannot be used together.');
}

/** @throws NotFoundError */
function one<T extends { id: string }>(limits: readonly T[], id: string, type: string): T {
  const found = limits.find((limit) => limit.id === id);
  if (!found) throw new NotFoundError(type, id);
  return found;
}

const isOf = (limit: { readonly quotaId: string }, usage: { readonly quotaId: string }): boolean => limit.quotaId === usage.quotaId;

/** The limits that make a quota. */
@Injectable()
export class QuotaLimitsService {
  constructor(private readonly db: EntityManager) {}

  /** With what is used of each. */
  async storageLimits(...quotas: readonly Pick<Quota, 'id'>[]): Promise<StorageLimitView[]> {
    const ids = quotas.map(({ id }) => id);
    const limits = await this.db.find(QuotaStorageLimit, { where: { quotaId: In(ids) }, order: { id: 'ASC' } });
    const usage = await storageUsage(this.db, ...ids);
    return limits.map((limit) => {
      const counted = usage.filter((one) => isOf(limit, one) && (limit.storageDomainId ?? one.storageDomainId) === one.storageDomainId);
      return { ...limit, usedBytes: counted.reduce((sum, { bytes }) => sum + bytes, 0) };
    });
  }

  /** With what is used of each. */
  async clusterLimits(...quotas: readonly Pick<Quota, 'id'>[]): Promise<ClusterLimitView[]> {
    const ids = quotas.map(({ id }) => id);
    const limits = await this.db.find(QuotaClusterLimit, { where: { quotaId: In(ids) }, order: { id: 'ASC' } });
    const usage = await clusterUsage(this.db, ...ids);
    return limits.map((limit) => {
      const counted = usage.filter((one) => isOf(limit, one) && (limit.clusterId ?? one.clusterId) === one.clusterId);
      const sum = (what: 'bytes' | 'vcpus'): number => counted.reduce((total, one) => total + one[what], 0);
      return { ...limit, usedBytes: sum('bytes'), usedVcpus: sum('vcpus') };
    });
  }

  /** @throws NotFoundError */
  async storageLimit(quota: Quota, id: string): Promise<StorageLimitView> {
    return one(await this.storageLimits(quota), id, 'Quota Storage Limit');
  }

  /** @throws NotFoundError */
  async clusterLimit(quota: Quota, id: string): Promise<ClusterLimitView> {
    return one(await this.clusterLimits(quota), id, 'Quota Cluster Limit');
  }

  /** For one domain, or without one for all of the data center. @throws NotFoundError, ConflictError */
  async addStorageLimit(quota: Quota, { limit, storage_domain }: NewStorageLimit): Promise<StorageLimitView> {
    const { dataCenterId } = quota;
    const domain =
      storage_domain && (await findRow(this.db, StorageDomain, 'Storage Domain', { ...referred(storage_domain), dataCenterId }));
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
  async addClusterLimit(quota: Quota, input: NewClusterLimit): Promise<ClusterLimitView> {
    const { dataCenterId } = quota;
    const { cluster: reference, vcpu_limit: vcpuLimit = UNLIMITED, memory_limit: memoryLimit = UNLIMITED } = input;
    const cluster = reference && (await findRow(this.db, Cluster, 'Cluster', { ...referred(reference), dataCenterId }));
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

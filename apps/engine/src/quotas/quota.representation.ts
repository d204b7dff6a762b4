import type { Links, WireObject } from '@clinker/ovirt-api';
import type { Quota, QuotaClusterLimit, QuotaStorageLimit } from './quota.entity';

const GIB = 2 ** 30;

/** A limit of storage with what is used of it, in bytes. */
export interface StorageLimitView extends QuotaStorageLimit {
  readonly usedBytes: number;
}

/** A limit of processors and memory with what is used of it. */
export interface ClusterLimitView extends QuotaClusterLimit {
  readonly usedBytes: number;
  readonly usedVcpus: number;
}

const SUB_COLLECTIONS = ['permissions', 'quotaclusterlimits', 'quotastoragelimits'];

const quotaPath = (quota: Quota): string => `datacenters/${quota.dataCenterId}/quotas`;

/** A quota as oVirt shows it. */
export function quotaRepresentation(quota: Quota, links: Links): WireObject {
  const identity = links.reference(quotaPath(quota), quota.id);
  return {
    ...identity,
    name: quota.name,
    description: quota.description,
    link: links.subCollections(identity.href, SUB_COLLECTIONS),
    cluster_hard_limit_pct: quota.clusterHardLimitPct,
    cluster_soft_limit_pct: quota.clusterSoftLimitPct,
    data_center: links.reference('datacenters', quota.dataCenterId),
    storage_hard_limit_pct: quota.storageHardLimitPct,
    storage_soft_limit_pct: quota.storageSoftLimitPct,
  };
}

/** A limit of storage, in GiB. */
export function storageLimitRepresentation(limit: StorageLimitView, quota: Quota, links: Links): WireObject {
  const { storageDomainId } = limit;
  return {
    ...links.reference(`${quotaPath(quota)}/${quota.id}/quotastoragelimits`, limit.id),
    limit: limit.limit,
    usage: limit.usedBytes / GIB,
    quota: links.reference(quotaPath(quota), quota.id),
    storage_domain: storageDomainId === null ? undefined : links.reference('storagedomains', storageDomainId),
  };
}

/** A limit of processors and memory, in GiB. */
export function clusterLimitRepresentation(limit: ClusterLimitView, quota: Quota, links: Links): WireObject {
  return {
    ...links.reference(`${quotaPath(quota)}/${quota.id}/quotaclusterlimits`, limit.id),
    memory_limit: limit.memoryLimit,
    memory_usage: limit.usedBytes / GIB,
    vcpu_limit: limit.vcpuLimit,
    vcpu_usage: limit.usedVcpus,
    cluster: limit.clusterId === null ? undefined : links.reference('clusters', limit.clusterId),
    quota: links.reference(quotaPath(quota), quota.id),
  };
}

import type { Links, WireObject } from '@clinker/ovirt-api';
import type { Quota, QuotaClusterLimit, QuotaStorageLimit } from './quota.entity';

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

/** A limit of storage. What is used is not counted yet. */
export function storageLimitRepresentation(limit: QuotaStorageLimit, quota: Quota, links: Links): WireObject {
  const { storageDomainId } = limit;
  return {
    ...links.reference(`${quotaPath(quota)}/${quota.id}/quotastoragelimits`, limit.id),
    limit: limit.limit,
    usage: 0,
    quota: links.reference(quotaPath(quota), quota.id),
    storage_domain: storageDomainId === null ? undefined : links.reference('storagedomains', storageDomainId),
  };
}

/** A limit of processors and memory. What is used is not counted yet. */
export function clusterLimitRepresentation(limit: QuotaClusterLimit, quota: Quota, links: Links): WireObject {
  return {
    ...links.reference(`${quotaPath(quota)}/${quota.id}/quotaclusterlimits`, limit.id),
    memory_limit: limit.memoryLimit,
    memory_usage: 0,
    vcpu_limit: limit.vcpuLimit,
    vcpu_usage: 0,
    cluster: limit.clusterId === null ? undefined : links.reference('clusters', limit.clusterId),
    quota: links.reference(quotaPath(quota), quota.id),
  };
}

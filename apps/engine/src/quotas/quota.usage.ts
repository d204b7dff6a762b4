import type { EntityManager } from 'typeorm';

/** What is taken of a quota in one storage domain. */
export interface StorageUsage {
  readonly quotaId: string;
  readonly storageDomainId: string;
  readonly bytes: number;
}

/** What is taken of a quota in one cluster, by VMs that are neither down nor suspended. */
export interface ClusterUsage {
  readonly quotaId: string;
  readonly clusterId: string;
  readonly vcpus: number;
  readonly bytes: number;
}

const STORAGE = `SELECT quota_id AS "quotaId", storage_domain_id AS "storageDomainId", sum(provisioned_size)::float8 AS bytes
  FROM (SELECT quota_id, storage_domain_id, provisioned_size FROM disk UNION ALL SELECT quota_id, storage_domain_id, provisioned_size FROM snapshot_memory) used
  WHERE quota_id = ANY($1::uuid[]) GROUP BY 1, 2`;

const CLUSTER = `SELECT quota_id AS "quotaId", cluster_id AS "clusterId", sum(sockets * cores * threads)::int AS vcpus, sum(memory)::float8 AS bytes
  FROM vm WHERE quota_id = ANY($1::uuid[]) AND status NOT IN ('down', 'image_locked', 'suspended') GROUP BY 1, 2`;

/** What disks and the memory of VMs take of quotas, by domain: each its full size, whatever of it is allocated. */
export const storageUsage = (db: EntityManager, ...quotaIds: readonly string[]): Promise<StorageUsage[]> => db.query(STORAGE, [quotaIds]);

/** What VMs take of quotas, by cluster. */
export const clusterUsage = (db: EntityManager, ...quotaIds: readonly string[]): Promise<ClusterUsage[]> => db.query(CLUSTER, [quotaIds]);

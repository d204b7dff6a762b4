import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bytes } from '../database/columns';

/** No limit, as oVirt writes it. */
export const UNLIMITED = -1;

/** What users of a data center may take of it together. The data center says whether it is enforced, only told of, or neither. */
@Entity('quota')
export class Quota {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'data_center_id' })
  dataCenterId!: string;

  @Column('text')
  name!: string;

  @Column('text')
  description!: string;

  /** The one of its data center that limits nothing, for what says nothing of a quota. */
  @Column({ type: 'boolean', name: 'is_default', insert: false, update: false })
  isDefault!: boolean;

  /** From this part of a cluster limit on, users are warned. In percent, as all four. */
  @Column('int', { name: 'cluster_soft_limit_pct' })
  clusterSoftLimitPct!: number;

  /** What users may take above the limit. */
  @Column('int', { name: 'cluster_hard_limit_pct' })
  clusterHardLimitPct!: number;

  @Column('int', { name: 'storage_soft_limit_pct' })
  storageSoftLimitPct!: number;

  @Column('int', { name: 'storage_hard_limit_pct' })
  storageHardLimitPct!: number;
}

/** How much storage a quota allows. */
@Entity('quota_storage_limit')
export class QuotaStorageLimit {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'quota_id' })
  quotaId!: string;

  /** Null: all domains of the data center together. */
  @Column('uuid', { name: 'storage_domain_id', nullable: true })
  storageDomainId!: string | null;

  /** GiB. */
  @Column({ ...bytes, name: 'size_limit' })
  limit!: number;
}

/** How many processors and how much memory a quota allows. */
@Entity('quota_cluster_limit')
export class QuotaClusterLimit {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'quota_id' })
  quotaId!: string;

  /** Null: all clusters of the data center together. */
  @Column('uuid', { name: 'cluster_id', nullable: true })
  clusterId!: string | null;

  @Column('int', { name: 'vcpu_limit' })
  vcpuLimit!: number;

  /** GiB, also parts of one. */
  @Column('double precision', { name: 'memory_limit' })
  memoryLimit!: number;
}

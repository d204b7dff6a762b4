import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { DiskId } from '../disks/disk.entity';

export type VmPoolType = 'automatic' | 'manual';

/** VMs of one template that users take and give back. */
@Entity('vm_pool')
export class VmPool {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  @Column('text')
  description!: string;

  @Column('text')
  comment!: string;

  @Column('uuid', { name: 'cluster_id' })
  clusterId!: string;

  @Column('uuid', { name: 'template_id' })
  templateId!: string;

  /** From an automatic pool a user has a VM until it stops; from a manual one for good. */
  @Column('text')
  type!: VmPoolType;

  /** False: when a VM has stopped its disks become as they were. */
  @Column('boolean')
  stateful!: boolean;

  /** How many VMs one user can have. */
  @Column('int', { name: 'max_user_vms' })
  maxUserVms!: number;

  /** How many VMs that nobody has are kept running. */
  @Column('int', { name: 'prestarted_vms' })
  prestartedVms!: number;

  @Column('text')
  status!: 'ok' | 'removing';

  @Column('timestamptz', { name: 'creation_time' })
  creationTime!: Date;
}

/** Who has a VM of a pool. */
@Entity('vm_pool_user')
export class VmPoolUser {
  @PrimaryColumn('uuid', { name: 'vm_id' })
  vmId!: string;

  @Column('uuid', { name: 'account_id' })
  accountId!: string;
}

/** Of which disk of the template a disk is a copy, to which it returns. */
@Entity('vm_pool_disk')
export class VmPoolDisk {
  @PrimaryColumn('uuid', { name: 'disk_id' })
  diskId!: DiskId;

  @Column('uuid', { name: 'template_disk_id' })
  templateDiskId!: DiskId;
}

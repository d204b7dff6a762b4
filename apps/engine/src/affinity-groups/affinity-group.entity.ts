import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AffinityRule } from './affinity.rules';

/** VMs of a cluster that are to run together or apart, and on some of its hosts or not there. */
@Entity('affinity_group')
export class AffinityGroup {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'cluster_id' })
  clusterId!: string;

  @Column('text')
  name!: string;

  @Column('text')
  description!: string;

  /** What it weighs among groups that only prefer. */
  @Column('float8')
  priority!: number;

  /** Between its VMs. */
  @Column('jsonb', { name: 'vms_rule' })
  vmsRule!: AffinityRule;

  /** Between its VMs and its hosts. */
  @Column('jsonb', { name: 'hosts_rule' })
  hostsRule!: AffinityRule;
}

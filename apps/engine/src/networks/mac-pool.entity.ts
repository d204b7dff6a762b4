import { Column, Entity, PrimaryColumn } from 'typeorm';
import { macTransformer } from './mac.address';

/** Where the MAC addresses of a cluster's VMs come from. */
@Entity('mac_pool')
export class MacPool {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  @Column('text')
  description!: string;

  @Column('text')
  comment!: string;

  /** True if two interfaces may be given the same address by hand. */
  @Column('boolean', { name: 'allow_duplicates' })
  allowDuplicates!: boolean;
}

/** Addresses of a pool, both ends included. */
@Entity('mac_range')
export class MacRange {
  @PrimaryColumn('uuid', { name: 'mac_pool_id' })
  macPoolId!: string;

  @PrimaryColumn('bigint', { transformer: macTransformer })
  first!: string;

  @Column('bigint', { transformer: macTransformer })
  last!: string;
}

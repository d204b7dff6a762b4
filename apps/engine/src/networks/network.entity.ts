import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A network of a data center, as clients know it. Hosts are not configured by it. */
@Entity('network')
export class Network {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  @Column('text')
  description!: string;

  @Column('text')
  comment!: string;

  @Column('uuid', { name: 'data_center_id' })
  dataCenterId!: string;

  @Column('int', { name: 'vlan_id', nullable: true })
  vlanId!: number | null;

  /** Bytes; 0 means the default. */
  @Column('int')
  mtu!: number;

  @Column('boolean')
  stp!: boolean;

  /** VMs may have interfaces in it. */
  @Column('boolean', { name: 'vm_network' })
  vmNetwork!: boolean;

  /** The one network of its data center that is always there. */
  @Column('boolean')
  management!: boolean;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';
import { macTransformer } from './mac.address';

/** oVirt's models of an interface that QEMU has here. */
export const NIC_INTERFACES = ['e1000', 'rtl8139', 'rtl8139_virtio', 'virtio'] as const;

export type NicInterface = (typeof NIC_INTERFACES)[number];

/** An interface of a VM. */
@Entity('nic')
export class Nic {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'vm_id' })
  vmId!: string;

  @Column('text')
  name!: string;

  @Column('text')
  interface!: NicInterface;

  @Column('bigint', { transformer: macTransformer })
  mac!: string;

  /** The pool in which the address is unique. */
  @Column('uuid', { name: 'mac_pool_id' })
  macPoolId!: string;

  /** Null: connected to nothing. */
  @Column('uuid', { name: 'vnic_profile_id', nullable: true })
  vnicProfileId!: string | null;

  @Column('boolean')
  linked!: boolean;

  @Column('boolean')
  plugged!: boolean;

  /** `locked` while it is changed in a running guest. */
  @Column('text')
  status!: 'ok' | 'locked';
}

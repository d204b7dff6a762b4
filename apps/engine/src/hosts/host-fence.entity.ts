import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * An operator has said that this host is off, and what ran on it with it. It holds until the host is back and was found, or made, empty:
 * until then the host counts as one on which nothing runs, and gets nothing to run.
 */
@Entity('host_fence')
export class HostFence {
  @PrimaryColumn('text', { name: 'host_name' })
  hostName!: string;

  @Column('timestamptz', { name: 'fenced_at' })
  fencedAt!: Date;

  /** The VMs that were placed there: their domains are ended when the host comes back, also one whose start was still under way. */
  @Column('uuid', { name: 'vm_ids', array: true })
  vmIds!: string[];
}

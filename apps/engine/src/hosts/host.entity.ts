import type { Capabilities } from '@clinker/agent-protocol';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bytes } from '../database/columns';

/** oVirt's statuses of a host, as far as a host can be in them here. */
export type HostStatus = 'up' | 'non_responsive' | 'non_operational' | 'maintenance' | 'initializing' | 'down';

/** A hypervisor. It comes into being when its agent joins for the first time. */
@Entity('host')
export class Host {
  @PrimaryColumn('uuid')
  id!: string;

  /** Also the host's name in NATS subjects; never changes. */
  @Column('text')
  name!: string;

  @Column('uuid', { name: 'cluster_id' })
  clusterId!: string;

  @Column('text')
  comment!: string;

  @Column('text')
  address!: string;

  @Column('text')
  status!: HostStatus;

  @Column('jsonb')
  capabilities!: Capabilities;

  @Column('text', { name: 'agent_run_id' })
  agentRunId!: string;

  @Column('timestamptz', { name: 'heartbeat_at' })
  heartbeatAt!: Date;

  @Column({ ...bytes, name: 'memory_free_bytes' })
  memoryFreeBytes!: number;

  /** The uuids of our secrets that libvirt on this host has, by its last heartbeat. */
  @Column('uuid', { name: 'secret_uuids', array: true })
  secretUuids!: string[];
}

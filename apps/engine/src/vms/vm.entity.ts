import type { ConsoleAddress, GuestFacts } from '@clinker/agent-protocol';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bytes } from '../database/columns';
import type { KeptInitialization } from '../initialization/kept.initialization';
import type { VmSettings } from './vm.settings';
import type { UnappliedSettings } from '../http/unapplied.settings';

/** oVirt's statuses of a VM, as far as a VM can be in them here. */
export type VmStatus =
  | 'down'
  | 'wait_for_launch'
  | 'powering_up'
  | 'up'
  | 'paused'
  | 'powering_down'
  | 'unknown'
  | 'not_responding'
  | 'image_locked'
  | 'saving_state'
  | 'suspended'
  | 'restoring_state';

export type BootDevice = 'hd' | 'cdrom' | 'network';

@Entity('vm')
export class Vm {
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

  @Column('text')
  status!: VmStatus;

  /** Why the VM went down by itself or did not start, for people (oVirt's stop_reason). */
  @Column('text', { name: 'stop_reason' })
  stopReason!: string;

  @Column('text')
  type!: 'server' | 'desktop' | 'high_performance';

  @Column({ ...bytes })
  memory!: number;

  @Column({ ...bytes, name: 'memory_guaranteed' })
  memoryGuaranteed!: number;

  @Column({ ...bytes, name: 'memory_max' })
  memoryMax!: number;

  @Column('int')
  sockets!: number;

  @Column('int')
  cores!: number;

  @Column('int')
  threads!: number;

  @Column('text', { name: 'os_type' })
  osType!: string;

  @Column('text', { name: 'os_kernel', nullable: true })
  osKernel!: string | null;

  @Column('text', { name: 'os_initrd', nullable: true })
  osInitrd!: string | null;

  @Column('text', { name: 'os_cmdline', nullable: true })
  osCmdline!: string | null;

  @Column('text', { name: 'boot_devices', array: true })
  bootDevices!: BootDevice[];

  @Column('boolean', { name: 'delete_protected' })
  deleteProtected!: boolean;

  /** It is started again when it ends otherwise than somebody wanted. */
  @Column('boolean', { name: 'highly_available' })
  highlyAvailable!: boolean;

  /** From 0 to 100: of those to be started again, higher ones first. */
  @Column('int', { name: 'ha_priority' })
  haPriority!: number;

  /** What clients have set and what changes nothing. */
  @Column('jsonb')
  unapplied!: UnappliedSettings;

  /** Settings that the VM gets when its run ends; null if none waits. */
  @Column('jsonb', { name: 'next_run', nullable: true })
  nextRun!: Partial<VmSettings> | null;

  /** What the guest is told when it is started for the first time. */
  @Column('jsonb')
  initialization!: KeptInitialization;

  /** It has run since its disks were made, so its guest was told. */
  @Column('boolean', { default: false })
  initialized!: boolean;

  /** The settings in whose place others hold for this run only (oVirt's run once), to be given back when it ends; null for any other run. */
  @Column('jsonb', { name: 'run_once', nullable: true })
  runOnce!: Partial<VmSettings> | null;

  @Column('boolean')
  stateless!: boolean;

  /** The quota of which it takes processors and memory while it is not down. Chosen by the database if nobody does. */
  @Column({ type: 'uuid', name: 'quota_id', nullable: true })
  quotaId!: string | null;

  /** Of which it has its memory and processors, unless they were changed since. */
  @Column({ type: 'uuid', name: 'instance_type_id', nullable: true })
  instanceTypeId!: string | null;

  /** The hosts that it prefers, or to which it is pinned. */
  @Column('uuid', { name: 'placement_host_ids', array: true })
  placementHostIds!: string[];

  /** The pool that it belongs to. */
  @Column('uuid', { name: 'vm_pool_id', nullable: true })
  vmPoolId!: string | null;

  /** True from its start until it was returned to its pool; always false for a VM without one. */
  @Column('boolean', { name: 'has_run' })
  hasRun!: boolean;

  /** The host on which it runs, or on which it is being started or stopped. */
  @Column('uuid', { name: 'host_id', nullable: true })
  hostId!: string | null;

  /** What its guest tells of itself in this run; null if it tells nothing. */
  @Column('jsonb', { nullable: true })
  guest!: GuestFacts | null;

  /** Where its display was to be reached when its domain was started; null if it could not. */
  @Column('jsonb', { nullable: true })
  console!: ConsoleAddress | null;

  @Column('timestamptz', { name: 'creation_time' })
  creationTime!: Date;

  @Column('timestamptz', { name: 'start_time', nullable: true })
  startTime!: Date | null;

  @Column('timestamptz', { name: 'stop_time', nullable: true })
  stopTime!: Date | null;
}

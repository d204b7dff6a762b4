import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { DiskInterface } from '../disk-attachments/disk-attachment.entity';
import type { DiskId } from '../disks/disk.entity';
import type { VolumeSnapshotId } from '../disks/disk-snapshot.entity';
import type { NicInterface } from '../networks/nic.entity';
import type { VmSettings } from '../vms/vm.settings';

/** oVirt's id of the Blank template. */
export const BLANK_TEMPLATE_ID = '00000000-0000-0000-0000-000000000000';

/** The hardware that VMs of a template get. */
export type TemplateSettings = Omit<VmSettings, 'description' | 'comment'>;

/** What a VM is made from. */
@Entity('template')
export class Template {
  @PrimaryColumn('uuid')
  id!: string;

  /** The versions of a template share it. */
  @Column('text')
  name!: string;

  @Column('text')
  description!: string;

  @Column('text')
  comment!: string;

  /** Null for Blank, which is in all clusters. */
  @Column('uuid', { name: 'cluster_id', nullable: true })
  clusterId!: string | null;

  /** What is not in it is as in Blank. */
  @Column('jsonb')
  settings!: Partial<TemplateSettings>;

  @Column('text')
  status!: 'ok' | 'locked' | 'illegal';

  /** Why the template is illegal, for people. */
  @Column('text', { name: 'status_reason', nullable: true })
  statusReason!: string | null;

  /** From 1; 0 for Blank. */
  @Column('int', { name: 'version_number' })
  versionNumber!: number;

  @Column('text', { name: 'version_name' })
  versionName!: string;

  /** The first version that is left: itself, or another one. */
  @Column('uuid', { name: 'base_template_id' })
  baseTemplateId!: string;

  @Column('timestamptz', { name: 'creation_time' })
  creationTime!: Date;
}

/** A disk of a template. Nobody writes to it: VMs get copies, made of the snapshot that is kept for that. */
@Entity('template_disk')
export class TemplateDisk {
  @PrimaryColumn('uuid', { name: 'disk_id' })
  diskId!: DiskId;

  @Column('uuid', { name: 'template_id' })
  templateId!: string;

  /** Null until Cinder has one. */
  @Column('uuid', { name: 'cinder_snapshot_id', nullable: true })
  cinderSnapshotId!: VolumeSnapshotId | null;

  @Column('boolean')
  bootable!: boolean;

  @Column('text')
  interface!: DiskInterface;

  @Column('boolean', { name: 'read_only' })
  readOnly!: boolean;

  @Column('boolean', { name: 'pass_discard' })
  passDiscard!: boolean;

  /** Whether VMs of the template see their copy. */
  @Column('boolean')
  plugged!: boolean;
}

/** An interface that VMs of a template get, each with an address of its own. */
@Entity('template_nic')
export class TemplateNic {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'template_id' })
  templateId!: string;

  @Column('text')
  name!: string;

  @Column('text')
  interface!: NicInterface;

  @Column('uuid', { name: 'vnic_profile_id', nullable: true })
  vnicProfileId!: string | null;

  @Column('boolean')
  linked!: boolean;

  @Column('boolean')
  plugged!: boolean;
}

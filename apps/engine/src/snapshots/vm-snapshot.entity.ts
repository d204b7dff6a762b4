import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { SnapshotConfiguration } from './snapshot.configuration';

/** oVirt's statuses of a snapshot. */
export type SnapshotStatus = 'ok' | 'locked' | 'in_preview';

/**
 * A VM as it was. `preview` is the VM as it was before the preview that goes on, to which an undo returns. oVirt's `active` one, the VM as it
 * is now, is no row: every VM has it, under the VM's own id.
 */
@Entity('vm_snapshot')
export class VmSnapshot {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'vm_id' })
  vmId!: string;

  @Column('text')
  description!: string;

  @Column('text')
  type!: 'regular' | 'preview' | 'stateless';

  @Column('text')
  status!: SnapshotStatus;

  @Column('boolean', { name: 'persist_memorystate' })
  persistMemorystate!: boolean;

  @Column('jsonb')
  configuration!: SnapshotConfiguration;

  @Column('timestamptz', { name: 'creation_time' })
  creationTime!: Date;
}

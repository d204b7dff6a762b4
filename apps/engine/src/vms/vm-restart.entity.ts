import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * A highly available VM that went down and is to be started again. The row stays for a while after the start has succeeded, so that a VM which
 * goes down again and again is started ever more slowly, and at last left alone.
 */
@Entity('vm_restart')
export class VmRestart {
  @PrimaryColumn('uuid', { name: 'vm_id' })
  vmId!: string;

  /** Why the VM went down, for people. */
  @Column('text')
  reason!: string;

  /** When it went down. */
  @Column('timestamptz')
  since!: Date;

  /** How often it was tried. */
  @Column('int')
  attempts!: number;

  @Column('timestamptz', { name: 'next_attempt_at' })
  nextAttemptAt!: Date;

  /** The start that was tried last; null if the next one is waited for. */
  @Column('uuid', { name: 'operation_id', nullable: true })
  operationId!: string | null;

  /** Of the clean-up after the VM: what follows from it can be found by it. */
  @Column('text', { name: 'correlation_id' })
  correlationId!: string;
}

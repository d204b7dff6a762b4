import { Column, Entity, PrimaryColumn } from 'typeorm';

/** `aborted`: taken back, or given up because the operation was cancelled. */
export type OperationStepStatus = 'started' | 'finished' | 'failed' | 'aborted';

/** One step of an operation that has at least begun. Read only for everybody but `libs/sagas`. */
@Entity('operation_step')
export class OperationStep {
  @PrimaryColumn('uuid', { name: 'operation_id' })
  operationId!: string;

  /** The step's position in the saga, from 0. */
  @PrimaryColumn('int')
  number!: number;

  @Column('text')
  name!: string;

  @Column('text')
  status!: OperationStepStatus;

  @Column('timestamptz', { name: 'started_at' })
  startedAt!: Date;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt!: Date | null;

  /** How often the step was begun; looks of a waiting step do not count. */
  @Column('int')
  attempts!: number;

  /** The message of the last thing that went wrong in the step, or in its undo. */
  @Column('text', { nullable: true })
  error!: string | null;

  /** Per cent, for waiting steps that report it. */
  @Column('int', { nullable: true })
  progress!: number | null;
}

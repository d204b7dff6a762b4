import { Column, Entity, PrimaryColumn } from 'typeorm';

import type { Json, OperationSubject } from './saga.types';

export type OperationStatus = 'running' | 'undoing' | 'finished' | 'failed';

/**
 * A durable operation: the truth about it, and the outbox from which it is woken. Read only for everybody but `libs/sagas`.
 * Progress of its parts is in `OperationStep`.
 */
@Entity('operation')
export class Operation {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  saga!: string;

  @Column('text')
  description!: string;

  @Column('text')
  status!: OperationStatus;

  @Column('jsonb')
  state!: Json;

  /** The step that runs, waits or is being undone; null when the operation has ended. */
  @Column('text', { nullable: true })
  step!: string | null;

  /** How often the current step has been put off. */
  @Column('int')
  attempt!: number;

  /** How often the current step has failed without being given up. */
  @Column('int')
  errors!: number;

  /** A step that may not be given up (an undo, or one after the point of no return) has failed several times; cleared at the end. */
  @Column('boolean')
  stuck!: boolean;

  /** The message of the first failure. */
  @Column('text', { nullable: true })
  error!: string | null;

  @Column('text', { name: 'cancel_reason', nullable: true })
  cancelReason!: string | null;

  @Column('text', { name: 'correlation_id' })
  correlationId!: string;

  @Column('text', { name: 'owner_id', nullable: true })
  ownerId!: string | null;

  @Column('jsonb')
  subjects!: OperationSubject[];

  /** Grows with every checkpoint: a checkpoint that finds another version has lost the operation. */
  @Column('int')
  version!: number;

  /** Grows with every wake-up: one that comes during a look is not lost. */
  @Column('int')
  wakes!: number;

  /** How often a runner has taken it up; counted before the run does anything. */
  @Column('int')
  runs!: number;

  @Column('timestamptz', { name: 'wake_at' })
  wakeAt!: Date;

  @Column('timestamptz', { name: 'started_at' })
  startedAt!: Date;

  @Column('timestamptz', { name: 'step_started_at' })
  stepStartedAt!: Date;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt!: Date | null;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

export type ExternalStatus = 'started' | 'finished' | 'failed';

/** Kinds of steps that clients may announce: oVirt's. */
export const STEP_TYPES = ['validating', 'executing', 'finalizing', 'rebalancing_volume', 'removing_bricks', 'unknown'] as const;

/** Work of somebody else that is shown among our jobs. Who announced it also ends it. */
@Entity('external_job')
export class ExternalJob {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  description!: string;

  /** It may be forgotten some time after its end. */
  @Column('boolean', { name: 'auto_cleared' })
  autoCleared!: boolean;

  @Column('text')
  status!: ExternalStatus;

  @Column('text', { name: 'correlation_id' })
  correlationId!: string;

  @Column('text', { name: 'owner_id', nullable: true })
  ownerId!: string | null;

  @Column('timestamptz', { name: 'started_at' })
  startedAt!: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt!: Date;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt!: Date | null;
}

/** A step of somebody else's work. */
@Entity('external_step')
export class ExternalStep {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'job_id' })
  jobId!: string;

  @Column('uuid', { name: 'parent_step_id', nullable: true })
  parentStepId!: string | null;

  @Column('int')
  number!: number;

  @Column('text')
  description!: string;

  @Column('text')
  type!: (typeof STEP_TYPES)[number];

  @Column('text')
  status!: ExternalStatus;

  @Column('timestamptz', { name: 'started_at' })
  startedAt!: Date;

  @Column('timestamptz', { name: 'ended_at', nullable: true })
  endedAt!: Date | null;
}

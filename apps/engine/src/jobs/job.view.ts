import { ViewColumn, ViewEntity } from 'typeorm';

/** A job as clients see it: an operation of ours, or work that somebody else has announced. The view is made by a migration. */
@ViewEntity('job', { synchronize: false })
export class Job {
  @ViewColumn()
  id!: string;

  @ViewColumn()
  description!: string;

  @ViewColumn()
  status!: 'started' | 'finished' | 'failed';

  @ViewColumn({ name: 'correlation_id' })
  correlationId!: string;

  @ViewColumn({ name: 'owner_id' })
  ownerId!: string | null;

  @ViewColumn({ name: 'started_at' })
  startedAt!: Date;

  @ViewColumn({ name: 'updated_at' })
  updatedAt!: Date;

  @ViewColumn({ name: 'ended_at' })
  endedAt!: Date | null;

  @ViewColumn({ name: 'auto_cleared' })
  autoCleared!: boolean;

  @ViewColumn()
  external!: boolean;
}

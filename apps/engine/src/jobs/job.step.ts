import type { OperationStep } from '@clinker/sagas';
import type { ExternalStep } from './external-job.entity';

/** A step of a job, whoever does the work. */
export interface JobStep {
  readonly id: string;
  readonly jobId: string;
  readonly parentStepId: string | null;
  readonly number: number;
  /** What went wrong in it is part of the text, until it has gone well. */
  readonly description: string;
  readonly type: string;
  readonly status: string;
  readonly external: boolean;
  /** Percent. */
  readonly progress: number | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
}

/** A step has no id of its own in the database: the job's id with the step's number in its last digits is one. */
export const stepId = (jobId: string, number: number): string => `${jobId.slice(0, -4)}${number.toString(16).padStart(4, '0')}`;

/** A step of an operation of ours. */
export const stepOfOperation = (step: OperationStep): JobStep => ({
  id: stepId(step.operationId, step.number),
  jobId: step.operationId,
  parentStepId: null,
  number: step.number,
  description: step.error && step.status !== 'finished' ? `${step.name}: ${step.error}` : step.name,
  type: 'executing',
  status: step.status,
  external: false,
  progress: step.progress,
  startedAt: step.startedAt,
  endedAt: step.endedAt,
});

/** A step of somebody else's work. */
export const stepOfOthers = (step: ExternalStep): JobStep => ({ ...step, external: true, progress: null });

import type { Links, WireObject } from '@clinker/ovirt-api';
import type { Operation, OperationStep } from '@clinker/sagas';

const STATUS = { running: 'started', undoing: 'started', finished: 'finished', failed: 'failed' } as const;

/** A step has no id of its own in the database: the job's id with the step's number in its last digits is one. */
export const stepId = (jobId: string, number: number): string => `${jobId.slice(0, -4)}${number.toString(16).padStart(4, '0')}`;

/** The step's number in an id made by {@link stepId}. */
export const stepNumber = (id: string): number => Number.parseInt(id.slice(-4), 16);

/** An operation as oVirt's job. */
export function jobRepresentation(job: Operation, links: Links): WireObject {
  const identity = links.reference('jobs', job.id);
  return {
    ...identity,
    actions: links.actions(identity.href, ['clear', 'end']),
    description: job.description,
    link: links.subCollections(identity.href, ['steps']),
    auto_cleared: true,
    external: false,
    status: STATUS[job.status],
    start_time: job.startedAt,
    end_time: job.endedAt,
    last_updated: job.endedAt ?? job.stepStartedAt,
    owner: job.ownerId ? links.reference('users', job.ownerId) : undefined,
  };
}

/** A step of an operation as oVirt's step; what went wrong in it is part of its description. */
export function stepRepresentation(step: OperationStep, links: Links): WireObject {
  const identity = links.reference(`jobs/${step.operationId}/steps`, stepId(step.operationId, step.number));
  return {
    ...identity,
    description: step.error ? `${step.name}: ${step.error}` : step.name,
    link: links.subCollections(identity.href, ['statistics']),
    external: false,
    number: step.number,
    progress: step.progress,
    status: step.status,
    type: 'executing',
    start_time: step.startedAt,
    end_time: step.endedAt,
    job: links.reference('jobs', step.operationId),
  };
}

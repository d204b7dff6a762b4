import type { Links, WireObject } from '@clinker/ovirt-api';
import type { JobStep } from './job.step';
import type { Job } from './job.view';

/** A job as oVirt shows it. */
export function jobRepresentation(job: Job, links: Links): WireObject {
  const identity = links.reference('jobs', job.id);
  return {
    ...identity,
    actions: links.actions(identity.href, ['clear', 'end']),
    description: job.description,
    link: links.subCollections(identity.href, ['steps']),
    auto_cleared: job.autoCleared,
    external: job.external,
    status: job.status,
    start_time: job.startedAt,
    end_time: job.endedAt,
    last_updated: job.updatedAt,
    owner: job.ownerId ? links.reference('users', job.ownerId) : undefined,
  };
}

/** A step as oVirt shows it. */
export function stepRepresentation(step: JobStep, links: Links): WireObject {
  const steps = `jobs/${step.jobId}/steps`;
  const identity = links.reference(steps, step.id);
  return {
    ...identity,
    actions: links.actions(identity.href, ['end']),
    description: step.description,
    link: links.subCollections(identity.href, ['statistics']),
    external: step.external,
    number: step.number,
    progress: step.progress,
    status: step.status,
    type: step.type,
    start_time: step.startedAt,
    end_time: step.endedAt,
    job: links.reference('jobs', step.jobId),
    parent_step: step.parentStepId ? links.reference(steps, step.parentStepId) : undefined,
  };
}

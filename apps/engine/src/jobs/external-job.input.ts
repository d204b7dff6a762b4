import { wireBoolean, wireEnum, wireObject, wireUuid } from '@clinker/ovirt-api';
import type { z } from 'zod';
import { objectText } from '../http/object-name.input';
import { STEP_TYPES } from './external-job.entity';

const description = objectText.min(1, 'must not be empty');

export const newJob = wireObject({ description, auto_cleared: wireBoolean.optional() });

export const newStep = wireObject({
  description,
  type: wireEnum(STEP_TYPES, 'StepEnum'),
  parent_step: wireObject({ id: wireUuid.optional() }).optional(),
});

/** How a job ended; well, if the client does not say. */
export const jobEnd = wireObject({ succeeded: wireBoolean.optional() });

/** How a step ended. */
export const stepEnd = wireObject({ succeeded: wireBoolean });

export type NewJob = z.output<typeof newJob>;
export type NewStep = z.output<typeof newStep>;
export type JobEnd = z.output<typeof jobEnd>;
export type StepEnd = z.output<typeof stepEnd>;

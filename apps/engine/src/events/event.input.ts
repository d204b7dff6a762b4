import { wireEnum, wireInteger, wireObject, wireString, wireUuid } from '@clinker/ovirt-api';
import type { z } from 'zod';
import { objectText } from '../http/object-name.input';

/** The largest number of an event that fits the column. */
const MAX_CUSTOM_ID = 2 ** 31 - 1;

const subject = wireObject({ id: wireUuid.optional() }).optional();

/** An event that somebody else reports. */
export const newEvent = wireObject({
  origin: wireString.min(1, 'must not be empty').max(255, 'must have at most 255 characters'),
  severity: wireEnum(['normal', 'warning', 'error', 'alert'], 'LogSeverity'),
  custom_id: wireInteger({ max: MAX_CUSTOM_ID }),
  description: objectText.min(1, 'must not be empty'),
  cluster: subject,
  data_center: subject,
  host: subject,
  storage_domain: subject,
  template: subject,
  user: subject,
  vm: subject,
});

export type NewEvent = z.output<typeof newEvent>;

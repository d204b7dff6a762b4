import { type WireObject, wireBoolean, wireInteger, wireObject } from '@clinker/ovirt-api';
import type { z } from 'zod';

/** oVirt's highest priority. */
const MAX_PRIORITY = 100;

/** `high_availability` as clients send it. */
export const highAvailabilitySchema = wireObject({
  enabled: wireBoolean.optional(),
  priority: wireInteger({ max: MAX_PRIORITY }).optional(),
});

/** Whether a VM is started again when it ends otherwise than somebody wanted, and before which others. */
export interface HighAvailability {
  readonly highlyAvailable: boolean;
  /** From 0 to 100: higher ones are started first. */
  readonly haPriority: number;
}

/** What it is after a request. */
export const highAvailabilityOf = (
  now: HighAvailability,
  asked: z.output<typeof highAvailabilitySchema> | undefined,
): HighAvailability => ({
  highlyAvailable: asked?.enabled ?? now.highlyAvailable,
  haPriority: asked?.priority ?? now.haPriority,
});

/** As oVirt shows it. Snapshots that are older than it know nothing of it. */
export const shownHighAvailability = ({
  highlyAvailable: enabled = false,
  haPriority: priority = 0,
}: Partial<HighAvailability>): WireObject => ({
  enabled,
  priority,
});

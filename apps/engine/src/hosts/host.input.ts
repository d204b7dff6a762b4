import { reference, wireObject, wireString } from '@clinker/ovirt-api';
import type { z } from 'zod';

/** What of a host may be changed: its name belongs to its agent. */
export const updateHostSchema = wireObject({
  name: wireString.min(1).optional(),
  comment: wireString.optional(),
  cluster: reference.optional(),
});

export type UpdateHost = z.output<typeof updateHostSchema>;

import { reference, wireEnum, wireObject, wireString } from '@clinker/ovirt-api';
import type { z } from 'zod';

/** What of a host may be changed: its name belongs to its agent. */
export const updateHostSchema = wireObject({
  name: wireString.min(1).optional(),
  comment: wireString.optional(),
  cluster: reference.optional(),
});

export type UpdateHost = z.output<typeof updateHostSchema>;

const FENCE_TYPES = ['manual', 'restart', 'start', 'status', 'stop'] as const;

/** What `fence` is asked for, as oVirt's FenceType. */
export const fenceHostSchema = wireObject({ fence_type: wireEnum(FENCE_TYPES, 'FenceType') });

export type FenceType = z.output<typeof fenceHostSchema>['fence_type'];

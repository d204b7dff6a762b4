import { list, reference, wireBoolean, wireDecimal, wireObject } from '@clinker/ovirt-api';
import type { z } from 'zod';
import { objectName, objectText } from '../http/object-name.input';

/** oVirt's limit of a group's name. */
const MAX_NAME = 255;

const rule = wireObject({ enabled: wireBoolean.optional(), positive: wireBoolean.optional(), enforcing: wireBoolean.optional() });

const settable = {
  description: objectText.optional(),
  priority: wireDecimal({ min: 0, max: 1e9 }).optional(),
  vms_rule: rule.optional(),
  hosts_rule: rule.optional(),
  /** The same as in `vms_rule`, for clients from before 4.1. */
  positive: wireBoolean.optional(),
  enforcing: wireBoolean.optional(),
  vms: list('vm', reference).optional(),
  hosts: list('host', reference).optional(),
};

export const newAffinityGroup = wireObject({ ...settable, name: objectName(MAX_NAME) });
export const changedAffinityGroup = wireObject({ ...settable, name: objectName(MAX_NAME).optional() });

export type NewAffinityGroup = z.output<typeof newAffinityGroup>;
export type ChangedAffinityGroup = z.output<typeof changedAffinityGroup>;

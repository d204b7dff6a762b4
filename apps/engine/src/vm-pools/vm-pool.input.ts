import { reference, wireBoolean, wireEnum, wireInteger, wireObject } from '@clinker/ovirt-api';
import type { z } from 'zod';
import { objectName, objectText } from '../http/object-name.input';

/** The largest pool: a number that one request can begin. */
const MAX_SIZE = 1_000;
/** A number is added for each VM. */
const MAX_NAME = 240;

const settings = {
  description: objectText.optional(),
  comment: objectText.optional(),
  size: wireInteger({ min: 0, max: MAX_SIZE }).optional(),
  max_user_vms: wireInteger({ min: 1, max: MAX_SIZE }).optional(),
  prestarted_vms: wireInteger({ min: 0, max: MAX_SIZE }).optional(),
};

/** A new pool. It has one VM unless told. */
export const newVmPool = wireObject({
  ...settings,
  name: objectName(MAX_NAME),
  cluster: reference,
  template: reference,
  type: wireEnum(['automatic', 'manual'], 'VmPoolType').optional(),
  stateful: wireBoolean.optional(),
});

/** A change of a pool; what is not given stays. */
export const changedVmPool = wireObject({ ...settings, name: objectName(MAX_NAME).optional() });

export type NewVmPool = z.output<typeof newVmPool>;
export type ChangedVmPool = z.output<typeof changedVmPool>;

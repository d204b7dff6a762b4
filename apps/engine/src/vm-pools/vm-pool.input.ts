import { reference, wireBoolean, wireEnum, wireInteger, wireObject, wireString } from '@clinker/ovirt-api';
import type { z } from 'zod';
import { objectText } from '../http/object-name.input';

/** The largest pool: a number that one request can begin. */
const MAX_SIZE = 1_000;
/** A number is added for each VM. */
const MAX_NAME = 240;

/** As other names, with one row of `#` in it, in whose place the number of a VM stands. */
const NAME = /^[\p{L}\p{M}\p{N}_.-]*#*[\p{L}\p{M}\p{N}_.-]*$/u;

const name = wireString
  .min(1, 'must not be empty')
  .max(MAX_NAME, `must have at most ${MAX_NAME} characters`)
  .regex(NAME, "can only include letters, numbers, '_', '-', '.', and '#' for the number of a VM");

const settings = {
  description: objectText.optional(),
  comment: objectText.optional(),
  size: wireInteger({ min: 0, max: MAX_SIZE }).optional(),
  max_user_vms: wireInteger({ min: 1, max: MAX_SIZE }).optional(),
  prestarted_vms: wireInteger({ min: 0, max: MAX_SIZE }).optional(),
  type: wireEnum(['automatic', 'manual'], 'VmPoolType').optional(),
  stateful: wireBoolean.optional(),
};

/** A new pool. It has one VM unless told. */
export const newVmPool = wireObject({
  ...settings,
  name,
  cluster: reference,
  template: reference,
});

/** A change of a pool; what is not given stays. */
export const changedVmPool = wireObject({
  ...settings,
  name: name.optional(),
  cluster: reference.optional(),
  template: reference.optional(),
});

export type NewVmPool = z.output<typeof newVmPool>;
export type ChangedVmPool = z.output<typeof changedVmPool>;

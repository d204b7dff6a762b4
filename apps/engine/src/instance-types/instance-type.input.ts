import { wireInteger, wireObject, wireString } from '@clinker/ovirt-api';
import type { z } from 'zod';
import { objectText } from '../http/object-name.input';
import { VM_LIMITS } from '../vms/vm.input';

const MIB = 1_048_576;

const name = wireString.min(1, 'must not be empty').max(40, 'must have at most 40 characters');

const topology = wireObject({
  sockets: wireInteger({ min: 1, max: VM_LIMITS.sockets }).optional(),
  cores: wireInteger({ min: 1, max: VM_LIMITS.cores }).optional(),
  threads: wireInteger({ min: 1, max: VM_LIMITS.threads }).optional(),
});

const settable = {
  description: objectText.optional(),
  comment: objectText.optional(),
  memory: wireInteger({ min: MIB, max: VM_LIMITS.memory }).optional(),
  cpu: wireObject({ topology: topology.optional() }).optional(),
};

export const newInstanceType = wireObject({ ...settable, name });
export const changedInstanceType = wireObject({ ...settable, name: name.optional() });

export type NewInstanceType = z.output<typeof newInstanceType>;
export type ChangedInstanceType = z.output<typeof changedInstanceType>;

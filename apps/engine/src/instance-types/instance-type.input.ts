import { wireEnum, wireInteger, wireObject, wireString } from '@clinker/ovirt-api';
import type { z } from 'zod';
import { objectText } from '../http/object-name.input';
import { type UnappliedSettings, many, text, unappliedAfter } from '../http/unapplied.settings';
import { highAvailabilitySchema } from '../vms/high-availability.settings';
import { VM_LIMITS } from '../vms/vm.input';
import { unappliedCpu, unappliedMemoryPolicy, unappliedSettings } from '../vms/vm.unapplied';

const MIB = 1_048_576;

const name = wireString.min(1, 'must not be empty').max(40, 'must have at most 40 characters');

const topology = wireObject({
  sockets: wireInteger({ min: 1, max: VM_LIMITS.sockets }).optional(),
  cores: wireInteger({ min: 1, max: VM_LIMITS.cores }).optional(),
  threads: wireInteger({ min: 1, max: VM_LIMITS.threads }).optional(),
});

const memory = wireInteger({ min: MIB, max: VM_LIMITS.memory }).optional();

/** Members of an instance type beside its size: VMs do not take them over. */
const unappliedTypeSettings = {
  ...unappliedSettings,
  memory_policy: wireObject({ ...unappliedMemoryPolicy, guaranteed: memory, max: memory }).optional(),
  os: wireObject({
    boot: wireObject({ devices: many('device', wireEnum(['cdrom', 'hd', 'network'], 'BootDevice')) }).optional(),
    type: text,
  }).optional(),
};

const settable = {
  ...unappliedTypeSettings,
  description: objectText.optional(),
  comment: objectText.optional(),
  memory,
  high_availability: highAvailabilitySchema.optional(),
  cpu: wireObject({ ...unappliedCpu, topology: topology.optional() }).optional(),
};

export const newInstanceType = wireObject({ ...settable, name });
export const changedInstanceType = wireObject({ ...settable, name: name.optional() });

export type NewInstanceType = z.output<typeof newInstanceType>;
export type ChangedInstanceType = z.output<typeof changedInstanceType>;

/** The unapplied settings that an instance type has after a request. */
export const unappliedOfType = (now: UnappliedSettings, asked: ChangedInstanceType): UnappliedSettings =>
  unappliedAfter(now, asked, Object.keys(unappliedTypeSettings), { cpu: Object.keys(unappliedCpu) });

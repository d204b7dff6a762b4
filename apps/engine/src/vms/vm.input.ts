import { list, reference, wireBoolean, wireEnum, wireInteger, wireObject, wireString, wireUuid } from '@clinker/ovirt-api';
import { z } from 'zod';
import { newAttachment } from '../disk-attachments/disk-attachment.input';
import { objectName, objectText } from '../http/object-name.input';
import { initializationSchema } from '../initialization/initialization.input';
import { quotaReference } from '../quotas/quota.reference';
import { highAvailabilitySchema } from './high-availability.settings';
import { unappliedCpu, unappliedMemoryPolicy, unappliedSettings, vmAffinity } from './vm.unapplied';

const MIB = 1_048_576;

/** oVirt's limits of a VM: memory in bytes, CPUs as numbers. */
export const VM_LIMITS = { memory: 16 * 1024 * 1024 * MIB, sockets: 16, cores: 254, threads: 8, cpus: 384 } as const;

/** What oVirt makes of every name that it does not know, such as Foreman's `Other OS`. */
const UNKNOWN_OS = 'other';
const OS_TYPE = /^[A-Za-z0-9_.-]{1,64}$/;
/** A path on the host: absolute, without line breaks and commas (QEMU's own separator). */
const HOST_PATH = /^\/[^\r\n,]*$/;

const name = objectName(255);
const memory = wireInteger({ min: MIB, max: VM_LIMITS.memory }).refine(
  (bytes) => bytes % MIB === 0,
  'The size must be a multiple of 1 MiB (1048576 bytes)',
);
const hostPath = z.union([z.literal(''), wireString.max(4096).regex(HOST_PATH, 'This must be an absolute path on the host')]);

const topology = wireObject({
  sockets: wireInteger({ min: 1, max: VM_LIMITS.sockets }).optional(),
  cores: wireInteger({ min: 1, max: VM_LIMITS.cores }).optional(),
  threads: wireInteger({ min: 1, max: VM_LIMITS.threads }).optional(),
});

const os = wireObject({
  type: wireString.transform((name) => (OS_TYPE.test(name) ? name : UNKNOWN_OS)).optional(),
  kernel: hostPath.optional(),
  initrd: hostPath.optional(),
  cmdline: wireString.max(4096).optional(),
  boot: wireObject({ devices: list('device', wireEnum(['hd', 'cdrom', 'network'], 'BootDevice')).optional() }).optional(),
});

const placementPolicy = wireObject({ affinity: vmAffinity, hosts: list('host', reference).optional() });

export const vmSettings = {
  ...unappliedSettings,
  description: objectText.optional(),
  comment: objectText.optional(),
  type: wireEnum(['server', 'desktop', 'high_performance'], 'VmType').optional(),
  memory: memory.optional(),
  memory_policy: wireObject({ ...unappliedMemoryPolicy, guaranteed: memory.optional(), max: memory.optional() }).optional(),
  cpu: wireObject({ ...unappliedCpu, topology: topology.optional() }).optional(),
  os: os.optional(),
  initialization: initializationSchema.optional(),
  delete_protected: wireBoolean.optional(),
  high_availability: highAvailabilitySchema.optional(),
  stateless: wireBoolean.optional(),
  quota: quotaReference.optional(),
};

/** A new VM as clients send it; what is not named here is ignored, as oVirt does with what it does not know. */
export const addVmSchema = wireObject({
  ...vmSettings,
  name,
  cluster: reference,
  template: reference,
  placement_policy: placementPolicy.optional(),
  instance_type: reference.optional(),
  disk_attachments: list('disk_attachment', newAttachment).optional(),
  snapshots: list('snapshot', wireObject({ id: wireUuid.pipe(z.uuid()) })).optional(),
});

/** Changes of a VM. */
export const updateVmSchema = wireObject({
  ...vmSettings,
  name: name.optional(),
  cluster: reference.optional(),
  placement_policy: placementPolicy.optional(),
  instance_type: reference.optional(),
});

/** The body of `start`. */
export const startSchema = wireObject({
  pause: wireBoolean.optional(),
  volatile: wireBoolean.optional(),
  use_cloud_init: wireBoolean.optional(),
  use_initialization: wireBoolean.optional(),
  use_sysprep: wireBoolean.optional(),
  vm: wireObject({
    initialization: initializationSchema.optional(),
    memory: memory.optional(),
    memory_policy: wireObject({ guaranteed: memory.optional(), max: memory.optional() }).optional(),
    os: os.optional(),
    stateless: wireBoolean.optional(),
    placement_policy: wireObject({ hosts: list('host', reference).optional() }).optional(),
  }).optional(),
});

/** The body of `clone`. */
export const cloneSchema = wireObject({ vm: wireObject({ name }), discard_snapshots: wireBoolean.optional() });

/** The body of an action whose members change nothing here. */
export const actionSchema = wireObject({});

export type AddVm = z.output<typeof addVmSchema>;
export type UpdateVm = z.output<typeof updateVmSchema>;
export type StartVm = z.output<typeof startSchema>;
export type CloneVm = z.output<typeof cloneSchema>;

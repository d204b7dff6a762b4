import { messages, renderMessage } from '@clinker/ovirt-api';
import { ConflictError } from '../errors/domain.errors';
import { ASLEEP } from '../vms/vm.conflicts';
import type { Vm, VmStatus } from '../vms/vm.entity';

/** What is done to a disk of a VM, for the text of a refusal. */
export type AttachmentAction = 'attach' | 'detach' | 'plug' | 'unplug' | 'edit';

/** In these the VM has a domain that can take disks and give them up. */
const LIVE: readonly VmStatus[] = ['up', 'paused'];

const DISK = 'Virtual Disk';

/**
 * Whether the VM's disks or interfaces are changed on its host (`live`) or in the database alone.
 * @param type what texts call the thing
 * @throws ConflictError while an operation moves the VM, if its state is not known, or if it is suspended
 */
export function modeOf({ status }: Pick<Vm, 'status'>, action: string, type = DISK): 'live' | 'cold' {
  const names = { action, type };
  if (status === 'down') return 'cold';
  if (LIVE.includes(status)) return 'live';
  if (status === 'image_locked') throw new ConflictError(renderMessage(messages.VM_LOCKED, names));
  if (status === 'unknown' || status === 'not_responding' || ASLEEP.includes(status))
    throw new ConflictError(renderMessage(messages.VM_STATUS_ILLEGAL, { ...names, status }));
  throw new ConflictError(`${renderMessage(messages.VM_LOCKED, names)} Its status is ${status}.`);
}

/** @throws ConflictError if another operation works on the attachment */
export function refuseLocked({ status }: { readonly status: 'ok' | 'locked' }, action: AttachmentAction): void {
  if (status === 'locked') throw new ConflictError(renderMessage(messages.OBJECT_LOCKED, { action, type: DISK }));
}

import { messages, renderMessage } from '@clinker/ovirt-api';
import { ConflictError } from '../errors/domain.errors';
import type { Vm, VmStatus } from './vm.entity';

/** An operation owns the VM in these states: it alone moves the VM on. */
export const BUSY: readonly VmStatus[] = ['wait_for_launch', 'powering_up', 'powering_down', 'not_responding'];

/** The VM may have a domain on its host, and no operation works on it. */
export const RUNNING: readonly VmStatus[] = ['up', 'paused', 'unknown'];

/** Its guest stands still, or is about to: its memory is kept, or on its way. */
export const ASLEEP: readonly VmStatus[] = ['saving_state', 'suspended', 'restoring_state'];

export type VmAction = 'run' | 'suspend' | 'stop' | 'shutdown' | 'reboot' | 'reset' | 'edit' | 'remove';

/** Why the VM's status does not allow the action, in oVirt's words. */
export function statusConflict(action: VmAction, { status }: Pick<Vm, 'status'>): ConflictError {
  const names = { action, type: 'VM' };
  if (status === 'image_locked') return new ConflictError(renderMessage(messages.VM_LOCKED, names));
  if (status === 'down') return new ConflictError(renderMessage(messages.VM_IS_NOT_RUNNING, names));
  const isThere = RUNNING.includes(status) || status === 'wait_for_launch' || status === 'powering_up';
  if (isThere && action === 'shutdown') return new ConflictError(renderMessage(messages.VM_STATUS_ILLEGAL, { ...names, status }));
  if (isThere) return new ConflictError(renderMessage(messages.VM_IS_RUNNING, names));
  if (ASLEEP.includes(status)) return new ConflictError(renderMessage(messages.VM_STATUS_ILLEGAL, { ...names, status }));
  return new ConflictError(renderMessage(messages.OBJECT_LOCKED, names));
}

/** Another operation works on the VM or on one of its disks. */
export const operationInProgress = (action: VmAction): ConflictError =>
  new ConflictError(renderMessage(messages.OBJECT_LOCKED, { action, type: 'VM' }));

import { messages, renderMessage } from '@clinker/ovirt-api';
import { brokenUniqueConstraint } from '../database/constraint.violation';
import { ConflictError } from '../errors/domain.errors';
import type { NicSettings } from './change-nic.saga';
import type { Nic } from './nic.entity';

/** How texts call an interface of a VM, as oVirt does. */
export const NIC_TYPE = 'Interface';

export type NicAction = 'add' | 'edit' | 'remove';

/** For `catch` after a write: the VM has an interface of this name already. */
export const refuseUsedNicName =
  (action: NicAction) =>
  (error: unknown): never => {
    if (!brokenUniqueConstraint(error)) throw error;
    throw new ConflictError(`Cannot ${action} ${NIC_TYPE}. The Network Interface name is already in use.`, { cause: error });
  };

/** @throws ConflictError if an operation changes the interface */
export function refuseLockedNic({ status }: Pick<Nic, 'status'>, action: NicAction): void {
  if (status === 'locked') throw new ConflictError(renderMessage(messages.OBJECT_LOCKED, { action, type: NIC_TYPE }));
}

/** What of an interface its guest would have to lose it for. @throws ConflictError if that changes while it is plugged in */
export function refuseHotUpdate(before: NicSettings, after: NicSettings, isConnectedAnew: boolean): void {
  if (before.mac === after.mac && before.interface === after.interface && !isConnectedAnew) return;
  throw new ConflictError(renderMessage(messages.NIC_HOT_UPDATE_NOT_SUPPORTED, { action: 'edit', type: NIC_TYPE }));
}

/** True if the guest can tell the two apart. */
export const isSeen = (before: NicSettings, after: NicSettings): boolean =>
  before.mac !== after.mac ||
  before.interface !== after.interface ||
  before.linked !== after.linked ||
  before.vnicProfileId !== after.vnicProfileId;

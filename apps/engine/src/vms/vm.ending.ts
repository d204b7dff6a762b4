import type { Step } from '@clinker/sagas';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { DiskAttachment, VolumeAttachment } from '../disk-attachments/disk-attachment.entity';
import { Host } from '../hosts/host.entity';
import { Nic } from '../networks/nic.entity';
import type { VmVolumesClient } from './vm-volumes.client';
import { type VmAction, operationInProgress, statusConflict } from './vm.conflicts';
import type { VmStatus } from './vm.entity';
import { lockVm } from './vm.lock';
import { endOfRun, tellOfNextRun } from './vm.next-run';
import { vmStatuses } from './vm.statuses';

/** What every saga that ends a VM keeps. */
export const endingSchema = z.object({
  vmId: z.string(),
  vmName: z.string(),
  /** Why the VM stopped, for people: its stop_reason. Empty if somebody asked for the end without one. */
  reason: z.string(),
  hostName: z.string().optional(),
  previousStatus: z.string().optional(),
});

export type Ending = z.infer<typeof endingSchema>;

/** What a VM can be that is taken for its end. */
const LIVE = ['up', 'paused', 'unknown'] as const;

/** From here on the domain is gone, and the VM will be down. */
export const DETACH_THE_DISKS = 'detach the disks from the host';

/** @throws ConflictError while a disk or an interface of the VM is being plugged or unplugged */
export async function refuseBusyDevices(tx: EntityManager, vmId: string, action: VmAction): Promise<void> {
  const isBusy = (await tx.existsBy(DiskAttachment, { vmId, status: 'locked' })) || (await tx.existsBy(Nic, { vmId, status: 'locked' }));
  if (isBusy) throw operationInProgress(action);
}

/**
 * Takes a running VM for its end: `powering_down`. Refused while one of its disks or interfaces is being plugged or unplugged.
 * @throws NotFoundError, ConflictError
 */
export async function beginEnding(
  tx: EntityManager,
  vmId: string,
  action: VmAction,
  from: readonly VmStatus[],
): Promise<Required<Pick<Ending, 'hostName' | 'previousStatus'>>> {
  const vm = await lockVm(tx, vmId);
  if (!from.includes(vm.status) || !vm.hostId) throw statusConflict(action, vm);
  await refuseBusyDevices(tx, vmId, action);
  const host = await tx.findOneByOrFail(Host, { id: vm.hostId });
  if (!(await vmStatuses.move(tx, vmId, { from: LIVE, to: 'powering_down' }))) throw statusConflict(action, vm);
  return { hostName: host.name, previousStatus: vm.status };
}

/** Gives the VM back as it was: it goes on running, or what became of it is found out by the reconciler. */
export async function undoEnding({ vmId, previousStatus }: Ending, tx: EntityManager): Promise<void> {
  const to = LIVE.find((status) => status === previousStatus) ?? 'unknown';
  await vmStatuses.move(tx, vmId, { from: 'powering_down', to });
}

async function noteDown({ vmId, reason }: Ending, tx: EntityManager): Promise<void> {
  const vm = await lockVm(tx, vmId);
  await tx.delete(VolumeAttachment, { vmId });
  const ended = { ...endOfRun(vm), hostId: null, stopTime: new Date(), stopReason: reason };
  if (await vmStatuses.move(tx, vmId, { from: 'powering_down', to: 'down' }, ended)) await tellOfNextRun(vm, tx);
}

/** The steps after a domain's end: they only go on. */
export const endingSteps = <S extends Ending>(volumes: VmVolumesClient): readonly Step<S>[] => [
  { kind: 'call', name: DETACH_THE_DISKS, run: (at) => volumes.disconnect(at.vmId) },
  { kind: 'transaction', name: 'note that the VM is down', run: (at, tx) => noteDown(at, tx) },
];

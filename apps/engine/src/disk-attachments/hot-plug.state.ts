import { messages, renderMessage } from '@clinker/ovirt-api';
import type { StepContext } from '@clinker/sagas';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { type DiskId } from '../disks/disk.entity';
import { diskIdSchema, volumeIdSchema } from '../disks/disk.ids';
import { ConflictError } from '../errors/domain.errors';
import { Host } from '../hosts/host.entity';
import { type DiskInVm, lockDiskInVm } from './disk-in-vm';
import type { DiskOnHost } from './host-disk.client';
import { modeOf, refuseLocked } from './hot-plug.rules';

/** What plugging and unplugging have to remember, both. */
export const hotPlugState = {
  vmId: z.string(),
  diskId: diskIdSchema,
  vmName: z.string().default(''),
  diskName: z.string().default(''),
  hostId: z.string().default(''),
  hostName: z.string().default(''),
  providerId: z.string().default(''),
  volumeId: volumeIdSchema.nullable().default(null),
};

/** A disk on its VM's host, for the operation that plugs or unplugs it. */
export const onHost = (
  { vmId, diskId, hostId, hostName }: Pick<DiskOnHost, 'vmId' | 'diskId' | 'hostId' | 'hostName'>,
  { operationId }: StepContext,
): DiskOnHost => ({ vmId, diskId, hostId, hostName, operationId });

/**
 * VM, disk, attachment and host, all of them this transaction's own but the host.
 * @throws NotFoundError, ConflictError if something else works on them, or if the VM does not run
 */
export async function lockLiveDisk(
  tx: EntityManager,
  ids: { vmId: string; diskId: DiskId },
  action: 'plug' | 'unplug',
): Promise<DiskInVm & { host: Host }> {
  const found = await lockDiskInVm(tx, ids, action);
  const { vm, attachment } = found;
  refuseLocked(attachment, action);
  if (modeOf(vm, action) === 'cold' || vm.hostId === null)
    throw new ConflictError(renderMessage(messages.VM_IS_NOT_RUNNING, { action, type: 'Virtual Disk' }));
  return { ...found, host: await tx.findOneByOrFail(Host, { id: vm.hostId }) };
}

import type { EntityManager } from 'typeorm';
import { Cluster } from '../clusters/cluster.entity';
import { DiskAttachment } from '../disk-attachments/disk-attachment.entity';
import { ConflictError } from '../errors/domain.errors';
import { allocateMac } from '../networks/mac-address.allocation';
import { Nic } from '../networks/nic.entity';
import { VnicProfile } from '../networks/vnic-profile.entity';
import { Vm } from '../vms/vm.entity';
import type { AttachedThen, NicThen, SnapshotConfiguration } from './snapshot.configuration';

/**
 * Makes a VM what it was: hardware and interfaces, and how its disks are bound to it. Disks that came later stay attached as they are;
 * only the boot flag goes back to the disk that had it.
 */
export async function restoreConfiguration(tx: EntityManager, vm: Vm, then: SnapshotConfiguration): Promise<void> {
  await tx.update(Vm, { id: vm.id }, { ...then.vm });
  await restoreAttachments(tx, vm.id, then.diskAttachments);
  await tx.delete(Nic, { vmId: vm.id });
  for (const nic of then.nics) await restoreNic(tx, vm, nic);
}

async function restoreAttachments(tx: EntityManager, vmId: string, then: readonly AttachedThen[]): Promise<void> {
  if (then.some(({ bootable }) => bootable)) await tx.update(DiskAttachment, { vmId }, { bootable: false });
  for (const { diskId, ...settings } of then) await tx.update(DiskAttachment, { vmId, diskId }, settings);
}

async function restoreNic(tx: EntityManager, vm: Vm, then: NicThen): Promise<void> {
  const isProfileThere = then.vnicProfileId !== null && (await tx.existsBy(VnicProfile, { id: then.vnicProfileId }));
  const { macPoolId } = await tx.findOneByOrFail(Cluster, { id: vm.clusterId });
  const mac = await macFor(tx, macPoolId, then);
  await tx.insert(Nic, { ...then, vmId: vm.id, macPoolId, mac, vnicProfileId: isProfileThere ? then.vnicProfileId : null });
}

/** The address that the interface had; another if somebody has taken it meanwhile. */
async function macFor(tx: EntityManager, macPoolId: string, { mac }: NicThen): Promise<string> {
  try {
    return await allocateMac(tx, { macPoolId, wanted: mac, action: 'add' });
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    return allocateMac(tx, { macPoolId, wanted: undefined, action: 'add' });
  }
}

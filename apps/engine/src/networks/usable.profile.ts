import type { EntityManager } from 'typeorm';
import type { Cluster } from '../clusters/cluster.entity';
import { findRow } from '../database/row.access';
import { ConflictError } from '../errors/domain.errors';
import { Network } from './network.entity';
import { NIC_TYPE } from './nic.rules';
import { VnicProfile } from './vnic-profile.entity';

/**
 * The profile for an interface of a VM or template in a cluster: one whose network is in the cluster's data center; null for none.
 * @returns its id @throws NotFoundError, ConflictError
 */
export async function usableProfile(
  tx: EntityManager,
  { dataCenterId }: Pick<Cluster, 'dataCenterId'>,
  id: string | null,
  action: 'add' | 'edit',
): Promise<string | null> {
  if (id === null) return null;
  const { networkId } = await findRow(tx, VnicProfile, 'Vnic Profile', { id });
  const network = await tx.findOneBy(Network, { id: networkId, dataCenterId });
  if (!network)
    throw new ConflictError(
      `Cannot ${action} ${NIC_TYPE}. The specified VM network interface profile doesn't exist in the VM's Data Center.`,
    );
  if (!network.vmNetwork) throw new ConflictError(`Cannot ${action} ${NIC_TYPE}. ${network.name} is not a VM network.`);
  return id;
}

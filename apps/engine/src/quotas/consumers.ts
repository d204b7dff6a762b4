import type { ReferenceInput } from '@clinker/ovirt-api';
import type { EntityManager } from 'typeorm';
import { Cluster } from '../clusters/cluster.entity';
import { findRow } from '../database/row.access';
import { Disk, type DiskId } from '../disks/disk.entity';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import { Vm } from '../vms/vm.entity';
import { Quota } from './quota.entity';

/** A quota that a client names; for who names none, the database chooses. @throws NotFoundError if it is not in the data center */
export const quotaIn = (db: EntityManager, dataCenterId: string | null, { id, name }: ReferenceInput): Promise<Quota> =>
  findRow(db, Quota, 'Quota', { ...(id === undefined ? { name: name ?? '' } : { id }), dataCenterId: dataCenterId ?? '' });

/** Gives a disk a quota of its domain's data center. @returns what has changed @throws NotFoundError */
export async function assignDisk(db: EntityManager, diskId: string, quota?: ReferenceInput): Promise<Partial<Disk>> {
  if (!quota) return {};
  const id = diskId as DiskId;
  const { storageDomainId } = await findRow(db, Disk, 'Disk', { id });
  const { dataCenterId } = await findRow(db, StorageDomain, 'Storage Domain', { id: storageDomainId });
  const changes = { quotaId: (await quotaIn(db, dataCenterId, quota)).id };
  await db.update(Disk, { id }, changes);
  return changes;
}

/** Gives a VM a quota of its cluster's data center. @throws NotFoundError */
export async function assignVm(tx: EntityManager, { id, clusterId }: Pick<Vm, 'id' | 'clusterId'>, quota?: ReferenceInput): Promise<void> {
  if (!quota) return;
  const { dataCenterId } = await findRow(tx, Cluster, 'Cluster', { id: clusterId });
  await tx.update(Vm, { id }, { quotaId: (await quotaIn(tx, dataCenterId, quota)).id });
}

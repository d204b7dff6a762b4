import type { ReferenceInput } from '@clinker/ovirt-api';
import type { EntityManager } from 'typeorm';
import { Cluster } from '../clusters/cluster.entity';
import { findRow, referred } from '../database/row.access';
import { NotFoundError } from '../errors/domain.errors';
import { Vm } from '../vms/vm.entity';
import { consumeCluster } from './quota.consumption';
import { Quota } from './quota.entity';
import { NO_QUOTA } from './quota.reference';

/** The id of the quota that a client names in a data center; undefined for who names none: then the database chooses. @throws NotFoundError */
export async function findQuota(
  db: EntityManager,
  dataCenterId: string | null,
  named: ReferenceInput | undefined,
): Promise<string | undefined> {
  if (!named) return undefined;
  const { id, name = '' } = named;
  if (dataCenterId === null && id === NO_QUOTA) return undefined;
  if (dataCenterId === null) throw new NotFoundError('Quota', id ?? name);
  const which = referred({ id, name });
  return (await findRow(db, Quota, 'Quota', { ...(id === NO_QUOTA ? { isDefault: true } : which), dataCenterId })).id;
}

/** Gives a VM a quota of its cluster's data center. One that runs takes of it at once. @throws NotFoundError, ConflictError */
export async function assignVm(tx: EntityManager, { id, clusterId }: Pick<Vm, 'id' | 'clusterId'>, quota?: ReferenceInput): Promise<void> {
  const { dataCenterId } = await findRow(tx, Cluster, 'Cluster', { id: clusterId });
  const quotaId = await findQuota(tx, dataCenterId, quota);
  const vm = await findRow(tx, Vm, 'VM', { id });
  if (quotaId === undefined || quotaId === vm.quotaId) return;
  const { sockets, cores, threads, memory: bytes } = vm;
  const runs = !['down', 'image_locked', 'suspended'].includes(vm.status);
  if (runs) await consumeCluster(tx, { action: 'edit', type: 'VM', clusterId, quotaId, vcpus: sockets * cores * threads, bytes });
  await tx.update(Vm, { id }, { quotaId });
}

import type { EntityManager } from 'typeorm';
import { Cluster } from '../clusters/cluster.entity';
import { ConflictError } from '../errors/domain.errors';
import { Template } from '../templates/template.entity';
import type { ChangedVmPool } from './vm-pool.input';
import type { VmPool } from './vm-pool.entity';

/** What a pool is made with and keeps: clients send it back, and only another value is refused. @throws ConflictError */
export async function refuseOtherNature(tx: EntityManager, pool: VmPool, input: ChangedVmPool): Promise<void> {
  const { type = pool.type, stateful = pool.stateful, cluster, template } = input;
  const own = await Promise.all([
    tx.findOneByOrFail(Cluster, { id: pool.clusterId }),
    tx.findOneByOrFail(Template, { id: pool.templateId }),
  ]);
  const isOther = (wanted: ChangedVmPool['cluster'], { id, name }: { id: string; name: string }) =>
    wanted !== undefined && (wanted.id !== undefined ? wanted.id !== id : wanted.name !== name);
  const others = [
    ...(type === pool.type ? [] : ['type']),
    ...(stateful === pool.stateful ? [] : ['statefulness']),
    ...(isOther(cluster, own[0]) ? ['Cluster'] : []),
    ...(isOther(template, own[1]) ? ['Template'] : []),
  ];
  if (others.length > 0) throw new ConflictError(`Cannot edit VM-Pool. The ${others.join(', ')} of a VM-Pool cannot be changed.`);
}

/** @throws ConflictError if more VMs are to be kept running than there are */
export function refuseTooManyPrestarted(prestartedVms: number, size: number, action: 'add' | 'edit'): void {
  if (prestartedVms <= size) return;
  throw new ConflictError(`Cannot ${action} VM-Pool. Number of Prestarted VMs cannot exceed the number of VMs in the Pool.`);
}

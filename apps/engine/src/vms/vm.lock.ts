import type { EntityManager } from 'typeorm';
import { NotFoundError } from '../errors/domain.errors';
import { Vm } from './vm.entity';

/**
 * The VM's row, which nobody else changes until the transaction ends. Whoever plugs, attaches or detaches disks of the VM takes it first,
 * so that a start and a change of the disks cannot pass each other.
 * @throws NotFoundError
 */
export async function lockVm(tx: EntityManager, vmId: string): Promise<Vm> {
  const vm = await tx.findOne(Vm, { where: { id: vmId }, lock: { mode: 'pessimistic_write' } });
  if (!vm) throw new NotFoundError('VM', vmId);
  return vm;
}

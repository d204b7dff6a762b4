import { messages, renderMessage } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { ConflictError, NotFoundError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { AccessService } from '../permissions/access.service';
import { Vm } from '../vms/vm.entity';
import { lockVm } from '../vms/vm.lock';
import { VmPoolMembers } from './vm-pool-members.service';
import { VmPool, VmPoolUser } from './vm-pool.entity';

const FORGET_SOURCES = `DELETE FROM vm_pool_disk member USING disk_attachment attached WHERE attached.disk_id = member.disk_id AND attached.vm_id = $1`;

/** Takes VMs out of their pools. */
@Injectable()
export class VmPoolDetachment {
  constructor(
    private readonly db: EntityManager,
    private readonly members: VmPoolMembers,
    private readonly access: AccessService,
    private readonly events: EventsService,
  ) {}

  /**
   * Makes a VM of a pool, which is down, one that belongs to nobody's pool: from now on it keeps what is written to its disks.
   * @throws NotFoundError, ForbiddenError, ConflictError
   */
  async detach(vmId: string, askerId: string): Promise<void> {
    await this.access.requireSeen(askerId, 'vm', vmId);
    const vm = await this.db.findOneBy(Vm, { id: vmId });
    if (!vm) throw new NotFoundError('VM', vmId);
    const { vmPoolId } = vm;
    if (vmPoolId === null) throw new ConflictError('Cannot detach VM from pool. VM is not attached to the VM-Pool.');
    await this.access.require(askerId, 'edit_vm_pool_configuration', { type: 'vm_pool', id: vmPoolId });
    await this.db.transaction((tx) => this.detachIn(tx, vmId, vmPoolId));
  }

  private async detachIn(tx: EntityManager, vmId: string, vmPoolId: string): Promise<void> {
    const pool = await this.members.lockPool(vmPoolId, 'edit', tx);
    const vm = await lockVm(tx, vmId);
    if (vm.vmPoolId !== vmPoolId || vm.status === 'image_locked' || (vm.status === 'down' && vm.hasRun))
      throw new ConflictError(renderMessage(messages.OBJECT_LOCKED, { action: 'detach', type: 'VM' }));
    if (vm.status !== 'down') throw new ConflictError('Cannot detach VM from VM-Pool. VM is running.');
    await tx.query(FORGET_SOURCES, [vmId]);
    await tx.delete(VmPoolUser, { vmId });
    await tx.update(Vm, { id: vmId }, { vmPoolId: null, stateless: false });
    const size = await this.members.count(vmPoolId, tx);
    if (pool.prestartedVms > size) await tx.update(VmPool, { id: vmPoolId }, { prestartedVms: size });
    await this.events.record('VM_DETACHED_FROM_POOL', `VM ${vm.name} was detached from VM-Pool ${pool.name}.`, { vmId }, tx);
  }
}

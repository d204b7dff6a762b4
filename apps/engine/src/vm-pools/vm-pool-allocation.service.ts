import { Operations } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { ConflictError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import type { RequestOrigin } from '../http/request-origin';
import { Permission } from '../permissions/permission.entity';
import { POOL_USERS_ROLE } from '../permissions/predefined.roles';
import { VmPoolMembers } from './vm-pool-members.service';
import { VmPoolUser } from './vm-pool.entity';

/** A VM of the pool that nobody has: one that runs already, or one that is down as it was. */
const CANDIDATE = `SELECT vm.id, vm.name, vm.status FROM vm WHERE vm.vm_pool_id = $1
  AND (vm.status IN ('up', 'powering_up', 'wait_for_launch') OR (vm.status = 'down' AND NOT vm.has_run))
  AND NOT EXISTS (SELECT FROM vm_pool_user taken WHERE taken.vm_id = vm.id)
  ORDER BY array_position(ARRAY['up', 'powering_up', 'wait_for_launch', 'down'], vm.status), length(vm.name), vm.name LIMIT 1 FOR UPDATE`;

const TAKEN = `SELECT count(*)::int AS count FROM vm_pool_user taken JOIN vm ON vm.id = taken.vm_id WHERE vm.vm_pool_id = $1 AND taken.account_id = $2`;

interface Candidate {
  readonly id: string;
  readonly name: string;
  readonly status: string;
}

/** Gives VMs of pools to users. */
@Injectable()
export class VmPoolAllocation {
  constructor(
    private readonly db: EntityManager,
    private readonly members: VmPoolMembers,
    private readonly events: EventsService,
    private readonly operations: Operations,
  ) {}

  /**
   * Gives the caller a VM of the pool, and starts it unless it runs already.
   * @returns the VM's id
   * @throws NotFoundError, ConflictError if he has as many as he can have, or if none is free
   */
  async allocate(poolId: string, origin: RequestOrigin): Promise<string> {
    return this.db.transaction(async (tx) => {
      const pool = await this.members.lockPool(poolId, 'allocate VM from', tx);
      const [taken] = await tx.query<[{ count: number }]>(TAKEN, [poolId, origin.ownerId]);
      if (taken.count >= pool.maxUserVms)
        throw new ConflictError(`Cannot allocate VM from VM-Pool. The user has ${taken.count} VMs of it already, which is the maximum.`);
      const [vm] = await tx.query<Candidate[]>(CANDIDATE, [poolId]);
      if (!vm) throw new ConflictError('Cannot allocate VM from VM-Pool. There are no available VMs in the VM-Pool.');
      await this.give(vm, origin, tx);
      return vm.id;
    });
  }

  private async give({ id: vmId, name, status }: Candidate, origin: RequestOrigin, tx: EntityManager): Promise<void> {
    const { ownerId: accountId } = origin;
    await tx.insert(VmPoolUser, { vmId, accountId });
    const permission = { id: randomUUID(), roleId: POOL_USERS_ROLE, accountId, objectType: 'vm' as const, objectId: vmId };
    await tx.createQueryBuilder().insert().into(Permission).values(permission).orIgnore().execute();
    await this.events.record('VM_POOL_USER_ATTACHED', `VM ${name} was given to a user of its VM-Pool.`, { vmId, userId: accountId }, tx);
    if (status !== 'down') return;
    await this.operations.start('run-vm', { vmId, vmName: name }, { ...origin, subjects: [{ type: 'vm', id: vmId }] }, tx);
  }
}

import { messages, renderMessage } from '@clinker/ovirt-api';
import type { Saga, SagaOutcome, Step, StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { ConflictError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { ChildOperations } from '../sagas/child-operations';
import { Vm } from '../vms/vm.entity';
import { VmPoolMembers } from './vm-pool-members.service';
import { VmPool } from './vm-pool.entity';

const state = z.object({
  poolId: z.string(),
  poolName: z.string(),
  ownerId: z.string(),
  /** The operations that remove its VMs. */
  removals: z.array(z.string()).default([]),
});

/** What `remove-vm-pool` is started with. */
export type RemoveVmPool = Omit<z.input<typeof state>, 'removals'>;
type State = z.output<typeof state>;

/** Removes a pool with all of its VMs, which are down. A VM that cannot be removed stays, as one that belongs to no pool. */
@Injectable()
export class RemoveVmPoolSaga implements Saga<State> {
  readonly name = 'remove-vm-pool';
  readonly state = state;

  readonly steps: readonly Step<State>[] = [
    {
      kind: 'transaction',
      name: 'lock the pool and begin to remove its VMs',
      run: (at, tx, ctx) => this.begin(at, tx, ctx),
      undo: async ({ poolId }, tx) => void (await tx.update(VmPool, { id: poolId }, { status: 'ok' })),
    },
    { kind: 'wait', name: 'wait until its VMs are gone', until: (at, ctx) => this.areGone(at, ctx), every: '5s', within: '24h' },
    { kind: 'transaction', name: 'remove the pool', run: async ({ poolId }, tx) => void (await tx.delete(VmPool, { id: poolId })) },
  ];

  constructor(
    private readonly members: VmPoolMembers,
    private readonly children: ChildOperations,
    private readonly events: EventsService,
  ) {}

  describe({ poolName }: State): string {
    return `Removing VM-Pool ${poolName}`;
  }

  async ended({ poolName }: State, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    if (outcome.status === 'finished') return this.events.record('VM_POOL_REMOVED', `VM-Pool ${poolName} was removed.`, {}, tx);
    await this.events.record('VM_POOL_REMOVE_FAILED', `VM-Pool ${poolName} could not be removed: ${outcome.reason}`, {}, tx);
  }

  private async begin({ poolId, ownerId }: State, tx: EntityManager, { correlationId }: StepContext): Promise<Partial<State>> {
    await this.members.lockPool(poolId, 'remove', tx);
    await tx.update(VmPool, { id: poolId }, { status: 'removing' });
    const vms = await tx.find(Vm, { where: { vmPoolId: poolId }, order: { id: 'ASC' }, lock: { mode: 'pessimistic_write' } });
    const other = vms.filter(({ status }) => status !== 'down').map(({ name, status }) => `${name} (${status})`);
    if (other.length > 0)
      throw new ConflictError(`${renderMessage(messages.VM_IS_NOT_DOWN, { action: 'remove', type: 'VM-Pool' })} (${other.join(', ')})`);
    const removals: string[] = [];
    for (const vm of vms) removals.push(await this.members.beginRemoval(vm, { correlationId, ownerId }, tx));
    return { removals };
  }

  private async areGone({ removals }: State, ctx: StepContext): Promise<boolean> {
    if (removals.length === 0) return true;
    const { haveEnded, reasons } = await this.children.look(removals, ctx);
    if (haveEnded && reasons.length > 0) throw new ConflictError(reasons.join(' '));
    return haveEnded;
  }
}

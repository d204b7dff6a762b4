import { messages, renderMessage } from '@clinker/ovirt-api';
import type { Saga, SagaOutcome, Step, StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { EntityManager, Not } from 'typeorm';
import { z } from 'zod';
import { ConflictError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { ChildOperations } from '../sagas/child-operations';
import { RUNNING } from '../vms/vm.conflicts';
import { Vm, type VmStatus } from '../vms/vm.entity';
import { VmPoolMembers } from './vm-pool-members.service';
import { VmPool } from './vm-pool.entity';

const state = z.object({
  poolId: z.string(),
  poolName: z.string(),
  ownerId: z.string(),
  /** The operations that stop those of its VMs that run. */
  stops: z.array(z.string()).default([]),
  /** The operations that remove its VMs. */
  removals: z.array(z.string()).default([]),
});

/** What `remove-vm-pool` is started with. */
export type RemoveVmPool = Omit<z.input<typeof state>, 'stops' | 'removals'>;
type State = z.output<typeof state>;

/** A VM that is being made or returned will be down by itself. */
const WAITED_FOR: readonly VmStatus[] = ['down', 'image_locked', 'powering_down'];

/**
 * Removes a pool with all of its VMs; those that run are stopped, as in oVirt. A VM that cannot be removed stays, as one that belongs to no
 * pool. While the pool is being removed its VMs are neither returned to it nor given to anybody.
 */
@Injectable()
export class RemoveVmPoolSaga implements Saga<State> {
  readonly name = 'remove-vm-pool';
  readonly state = state;

  readonly steps: readonly Step<State>[] = [
    {
      kind: 'transaction',
      name: 'lock the pool and begin to stop its VMs',
      run: (at, tx, ctx) => this.begin(at, tx, ctx),
      undo: async ({ poolId }, tx) => void (await tx.update(VmPool, { id: poolId }, { status: 'ok' })),
    },
    { kind: 'wait', name: 'wait until its VMs are down', until: (at, ctx) => this.areDown(at, ctx), every: '2s', within: '1h' },
    { kind: 'transaction', name: 'begin to remove its VMs', run: (at, tx, ctx) => this.beginRemovals(at, tx, ctx) },
    { kind: 'wait', name: 'wait until its VMs are gone', until: (at, ctx) => this.areGone(at, ctx), every: '5s', within: '24h' },
    { kind: 'transaction', name: 'remove the pool', run: async ({ poolId }, tx) => void (await tx.delete(VmPool, { id: poolId })) },
  ];

  constructor(
    private readonly db: EntityManager,
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
    const vms = await this.lockedVms(poolId, tx);
    this.refuse(vms, [...WAITED_FOR, ...RUNNING]);
    const stops: string[] = [];
    for (const vm of vms.filter(({ status }) => RUNNING.includes(status)))
      stops.push(await this.members.beginStop(vm, { correlationId, ownerId }, tx));
    return { stops };
  }

  /** @throws ConflictError if a VM cannot be stopped */
  private async areDown({ poolId, stops }: State, ctx: StepContext): Promise<boolean> {
    const { haveEnded, reasons } = await this.children.look(stops, ctx);
    if (haveEnded && reasons.length > 0) throw new ConflictError(reasons.join(' '));
    return haveEnded && !(await this.db.existsBy(Vm, { vmPoolId: poolId, status: Not('down') }));
  }

  private async beginRemovals({ poolId, ownerId }: State, tx: EntityManager, { correlationId }: StepContext): Promise<Partial<State>> {
    const vms = await this.lockedVms(poolId, tx);
    this.refuse(vms, ['down']);
    const removals: string[] = [];
    for (const vm of vms) removals.push(await this.members.beginRemoval(vm, { correlationId, ownerId }, tx));
    return { removals };
  }

  private lockedVms(vmPoolId: string, tx: EntityManager): Promise<Vm[]> {
    return tx.find(Vm, { where: { vmPoolId }, order: { id: 'ASC' }, lock: { mode: 'pessimistic_write' } });
  }

  /** @throws ConflictError if a VM is in another status than these */
  private refuse(vms: readonly Vm[], allowed: readonly VmStatus[]): void {
    const other = vms.filter(({ status }) => !allowed.includes(status)).map(({ name, status }) => `${name} (${status})`);
    if (other.length === 0) return;
    throw new ConflictError(`${renderMessage(messages.VM_IS_NOT_DOWN, { action: 'remove', type: 'VM-Pool' })} (${other.join(', ')})`);
  }

  private async areGone({ removals }: State, ctx: StepContext): Promise<boolean> {
    if (removals.length === 0) return true;
    const { haveEnded, reasons } = await this.children.look(removals, ctx);
    if (haveEnded && reasons.length > 0) throw new ConflictError(reasons.join(' '));
    return haveEnded;
  }
}

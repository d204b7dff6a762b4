import { Operation, OperationNotCancellable, Operations } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { UnsupportedError } from '../errors/domain.errors';
import type { RequestOrigin } from '../http/request-origin';
import { type AskedInitialization, GuestSeeds } from '../initialization/guest-seeds.service';
import { hostIdsOf } from './placement.policy';
import type { RestartVm } from './restart-vm.saga';
import type { RunVm } from './run-vm.saga';
import type { ShutDownVm } from './shut-down-vm.saga';
import type { VmStatus } from './vm.entity';
import type { StartVm } from './vm.input';
import { runOnceSchema } from './vm.run-once';
import { VmsService } from './vms.service';

/** How long (ms) a stop waits for the operation that it replaces to let go of the VM. */
const LETS_GO_MS = 15_000;

/** What a stop takes back, by the VM's status. */
const REPLACED_BY_STOP: { readonly [S in VmStatus]?: string } = {
  powering_down: 'shut-down-vm',
  saving_state: 'suspend-vm',
  restoring_state: 'resume-vm',
};

/** When they cannot be taken back any more they are about to end, and what can be stopped is the VM that they leave. */
const ENDS_SOON: readonly string[] = ['suspend-vm', 'resume-vm'];

/** Starts and stops VMs. Every method returns the id of the operation that does it; undefined if there was nothing more to do. */
@Injectable()
export class VmPowerService {
  constructor(
    private readonly db: EntityManager,
    private readonly vms: VmsService,
    private readonly operations: Operations,
    private readonly seeds: GuestSeeds,
  ) {}

  /** @throws NotFoundError, ConflictError, UnsupportedError */
  async start(id: string, input: StartVm, origin: RequestOrigin): Promise<string> {
    const { pause, volatile, vm: changes } = input;
    const { name, status } = await this.vms.get(id);
    if (pause) throw new UnsupportedError('Cannot run VM. A VM cannot be started paused.');
    if (volatile) throw new UnsupportedError('Cannot run VM. Settings for one run hold until the VM is down: volatile is not supported.');
    const hosts = changes?.placement_policy?.hosts ?? [];
    const onlyHostIds = await hostIdsOf(this.db, hosts);
    const once = changes && { once: runOnceSchema.parse(changes) };
    const asked = { vmId: id, vmName: name, ...(hosts.length > 0 ? { onlyHostIds } : {}), ...once };
    return this.db.transaction(async (tx) => {
      const state: RunVm = { ...asked, initialization: await this.initialization(id, input, tx) };
      const saga = status === 'suspended' ? 'resume-vm' : 'run-vm';
      return (await this.operations.start(saga, state, this.about(id, origin), tx)).id;
    });
  }

  /**
   * Stops at once. A start that is under way is taken back, as is a suspension, a shutdown is replaced, and a VM that waits to be started again stays
   * down. Of a suspended VM the memory is thrown away.
   * @throws NotFoundError, ConflictError
   */
  async stop(id: string, origin: RequestOrigin): Promise<string | undefined> {
    if (await this.vms.keepDown(id)) return undefined;
    const { name, status } = await this.vms.get(id);
    if (status === 'wait_for_launch' || status === 'powering_up') {
      const start = await this.takeBack(id, 'run-vm', `VM ${name} was stopped before it was up`);
      if (start && start.status !== 'finished') return start.id;
    }
    const replaced = REPLACED_BY_STOP[status];
    if (replaced) await this.takeBack(id, replaced, `VM ${name} is stopped instead`);
    const now = replaced ? await this.vms.get(id) : { status };
    const state = { vmId: id, vmName: name };
    const operation = await (now.status === 'suspended'
      ? this.operations.start('stop-suspended-vm', state, this.about(id, origin))
      : this.operations.start('stop-vm', { ...state, reason: '' }, this.about(id, origin)));
    return operation.id;
  }

  /** Asks the guest to power off; a VM that waits to be started again stays down. @throws NotFoundError, ConflictError */
  async shutDown(id: string, origin: RequestOrigin): Promise<string | undefined> {
    if (await this.vms.keepDown(id)) return undefined;
    const { name } = await this.vms.get(id);
    const operation = await this.operations.start('shut-down-vm', { vmId: id, vmName: name, reason: '' }, this.about(id, origin));
    return operation.id;
  }

  /**
   * Lets the guest start again. A VM for whose next run something waits is shut down for a reboot and started anew, unless it is its pool's.
   * @throws NotFoundError, ConflictError
   */
  async restart(id: string, how: RestartVm['how'], origin: RequestOrigin): Promise<string> {
    const { name, nextRun, vmPoolId } = await this.vms.get(id);
    if (how === 'reboot' && nextRun && vmPoolId === null) {
      const anew: ShutDownVm = { vmId: id, vmName: name, reason: '', thenStart: true };
      return (await this.operations.start('shut-down-vm', anew, this.about(id, origin))).id;
    }
    const state: RestartVm = { vmId: id, vmName: name, how };
    return (await this.operations.start('restart-vm', state, this.about(id, origin))).id;
  }

  /** The VM's operation of this kind, after it was taken back or was too far for that; undefined if there is none. */
  private async takeBack(vmId: string, saga: string, reason: string): Promise<Operation | undefined> {
    const operation = await this.db
      .createQueryBuilder(Operation, 'operation')
      .where("operation.status IN ('running', 'undoing') AND operation.saga = :saga", { saga })
      .andWhere('operation.subjects @> :subject::jsonb', { subject: JSON.stringify([{ type: 'vm', id: vmId }]) })
      .getOne();
    if (!operation) return undefined;
    try {
      await this.operations.cancel(operation.id, reason);
    } catch (error) {
      if (!(error instanceof OperationNotCancellable)) throw error;
      if (ENDS_SOON.includes(saga)) return this.operations.ended(operation.id, LETS_GO_MS);
      return { ...operation, status: 'finished' };
    }
    return this.operations.ended(operation.id, LETS_GO_MS);
  }

  /** What was given for this run is wanted, unless it is said that nothing is. @throws UnsupportedError */
  private async initialization(vmId: string, input: StartVm, tx: EntityManager): Promise<AskedInitialization> {
    const { use_cloud_init: byCloudInit, use_initialization: byAny, use_sysprep: bySysprep, vm } = input;
    if (bySysprep) throw new UnsupportedError('Cannot run VM. Guests are initialized by cloud-init; sysprep is not supported.');
    const given = vm?.initialization;
    const isGiven = given !== undefined && Object.keys(given).length > 0;
    const wanted = byAny ?? (byCloudInit || isGiven || undefined);
    if (!wanted || !isGiven) return { wanted };
    return { wanted, runInitializationId: await this.seeds.keepForRun(tx, vmId, given) };
  }

  private about(id: string, origin: RequestOrigin) {
    return { ...origin, subjects: [{ type: 'vm', id }] };
  }
}

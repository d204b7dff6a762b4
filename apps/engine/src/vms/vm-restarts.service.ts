import { withLogContext } from '@clinker/logging';
import { Operation, Operations } from '@clinker/sagas';
import { Inject, Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { ENGINE_SETTINGS, type EngineSettings } from '../engine.settings';
import { DomainError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import type { RunVm } from './run-vm.saga';
import { Vm } from './vm.entity';
import { lockVm } from './vm.lock';
import { VmRestart } from './vm-restart.entity';
import { DUE, ENDED_BY_A_USER, NO_LONGER_WANTED, RESTARTS_LOCK, pauseAfter } from './vm-restart.rules';

/** The longest pause between two attempts, in first pauses; a VM that runs for longer than that counts as restarted. */
const LONGEST_PAUSE = 20;

const seconds = (ms: number): string => `${Math.ceil(ms / 1000)} s`;

/** What a clean-up tells of the VM that it has cleaned up after. */
export interface EndedRun {
  readonly vmId: string;
  readonly vmName: string;
  /** Why it went down, for people. */
  readonly reason: string;
}

/** Highly available VMs that went down: which of them are started again, and when. All of it is in the database: an engine may die at any time. */
@Injectable()
export class VmRestarts {
  constructor(
    private readonly db: EntityManager,
    private readonly operations: Operations,
    private readonly events: EventsService,
    @Inject(ENGINE_SETTINGS) private readonly settings: Pick<EngineSettings, 'CLINKER_HA_RETRY' | 'CLINKER_HA_TRIES'>,
  ) {}

  /**
   * Notes that a VM is to be started again, if it is highly available and nobody has asked for its end. Belongs to the transaction that has made it
   * down. VMs of pools are their pools' matter.
   */
  async want(ended: EndedRun, correlationId: string, tx: EntityManager): Promise<void> {
    const { vmId, vmName, reason } = ended;
    const vm = await lockVm(tx, vmId);
    if (vm.status !== 'down' || !vm.highlyAvailable || vm.vmPoolId !== null) return;
    const [wish] = await tx.query<unknown[]>(ENDED_BY_A_USER, [vmId, JSON.stringify([{ type: 'vm', id: vmId }])]);
    if (wish) return;
    const attempts = (await tx.findOneBy(VmRestart, { vmId }))?.attempts ?? 0;
    const pauseMs = attempts === 0 ? 0 : this.pauseAfter(attempts);
    const nextAttemptAt = new Date(Date.now() + pauseMs);
    const row: VmRestart = { vmId, reason, since: new Date(), attempts, nextAttemptAt, operationId: null, correlationId };
    await tx.upsert(VmRestart, row, ['vmId']);
    if (attempts >= this.settings.CLINKER_HA_TRIES) return this.giveUp(vm, row, reason, tx);
    await this.events.record('HA_VM_FAILED', `Highly Available VM ${vmName} failed. It will be restarted automatically.`, { vmId }, tx);
    const when = pauseMs === 0 ? '' : ` in ${seconds(pauseMs)}, as it has failed ${attempts + 1} times in short order`;
    await tx.update(Vm, { id: vmId }, { stopReason: `${reason} It will be restarted automatically${when}.` });
  }

  /** Forgets that a VM is to be started again: it was ended as somebody wanted. */
  async forget(vmId: string, tx: EntityManager): Promise<void> {
    await tx.delete(VmRestart, { vmId });
  }

  /**
   * Somebody wants that the VM does not run: then it is not started again.
   * @returns true if that is all there is to do: it is down, and was to be started again
   * @throws NotFoundError
   */
  async cancel(vmId: string): Promise<boolean> {
    return this.db.transaction(async (tx) => this.cancelOf(await lockVm(tx, vmId), tx));
  }

  /** A VM was changed by this transaction: one that is not highly available any more is not started again. */
  async changed(vm: Vm, tx: EntityManager): Promise<void> {
    if (!vm.highlyAvailable) await this.cancelOf(vm, tx);
  }

  private async cancelOf({ id: vmId, name, status }: Pick<Vm, 'id' | 'name' | 'status'>, tx: EntityManager): Promise<boolean> {
    const waiting = await tx.findOneBy(VmRestart, { vmId });
    if (!waiting) return false;
    await this.forget(vmId, tx);
    if (status !== 'down') return false;
    await tx.update(Vm, { id: vmId }, { stopReason: waiting.reason });
    await this.events.record('VM_RESTART_CANCELLED', `VM ${name} will not be restarted automatically.`, { vmId }, tx);
    return true;
  }

  /** Whether there is anything to look after. */
  areThereAny(): Promise<boolean> {
    return this.db.exists(VmRestart);
  }

  /** Forgets those that run again for good, were started by somebody, or were ended in good order after their restart. */
  async forgetSettled(): Promise<void> {
    await this.db.query(NO_LONGER_WANTED, [(LONGEST_PAUSE * this.settings.CLINKER_HA_RETRY) / 1000]);
  }

  /** A host can be used again: what waits need not wait for its next turn. It gets its keys in a moment. */
  async hurry(withinMs: number): Promise<void> {
    const soon = "clock_timestamp() + $1::float8 * interval '1 millisecond'";
    await this.db.query(`UPDATE vm_restart SET next_attempt_at = least(next_attempt_at, ${soon}) WHERE operation_id IS NULL`, [withinMs]);
  }

  /**
   * Begins the next restart that is due, the one with the highest priority, or puts it off. One engine at a time does it: so the order holds.
   * @returns false if none is due
   */
  async serveNext(): Promise<boolean> {
    return this.db.transaction(async (tx) => {
      const [lock] = await tx.query<{ locked: boolean }[]>(RESTARTS_LOCK);
      const [next] = lock?.locked ? await tx.query<{ vmId: string }[]>(DUE) : [];
      if (!next) return false;
      const vm = await tx.findOne(Vm, { where: { id: next.vmId }, lock: { mode: 'pessimistic_write' } });
      const waiting = await tx.findOne(VmRestart, { where: { vmId: next.vmId }, lock: { mode: 'pessimistic_write' } });
      if (vm?.status !== 'down' || !waiting) return false;
      await withLogContext({ correlationId: waiting.correlationId }, () => this.serve(vm, waiting, tx));
      return true;
    });
  }

  private async serve(vm: Vm, waiting: VmRestart, tx: EntityManager): Promise<void> {
    const last = waiting.operationId === null ? null : await tx.findOneBy(Operation, { id: waiting.operationId });
    if (last) return this.putOff(vm, waiting, last.error ?? '', tx);
    try {
      await tx.transaction((inner) => this.start(vm, waiting, inner));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      await this.putOff(vm, { ...waiting, attempts: waiting.attempts + 1 }, error.message, tx);
    }
  }

  private async start({ id: vmId, name: vmName }: Vm, { attempts, correlationId }: VmRestart, tx: EntityManager): Promise<void> {
    const run: RunVm = { vmId, vmName };
    const operation = await this.operations.start('run-vm', run, { correlationId, subjects: [{ type: 'vm', id: vmId }] }, tx);
    const { hostId = '', hostName = '' } = operation.state as RunVm;
    await tx.update(VmRestart, { vmId }, { operationId: operation.id, attempts: attempts + 1 });
    await this.events.record('VM_RESTART_TRIED', `Trying to restart VM ${vmName} on Host ${hostName}`, { vmId, hostId }, tx);
  }

  private async putOff(vm: Vm, waiting: VmRestart, why: string, tx: EntityManager): Promise<void> {
    const { attempts } = waiting;
    const { CLINKER_HA_TRIES: tries } = this.settings;
    if (attempts >= tries) return this.giveUp(vm, waiting, why, tx);
    const pauseMs = this.pauseAfter(attempts);
    const nextAttemptAt = new Date(Date.now() + pauseMs);
    await tx.update(VmRestart, { vmId: vm.id }, { attempts, nextAttemptAt, operationId: null });
    const told = `It is tried again in ${seconds(pauseMs)} (attempt ${attempts + 1} of ${tries}).`;
    await this.tell('HA_VM_RESTART_FAILED', vm, `Restart of the Highly Available VM ${vm.name} failed: ${why} ${told}`, tx);
  }

  private async giveUp(vm: Vm, { attempts }: VmRestart, why: string, tx: EntityManager): Promise<void> {
    await this.forget(vm.id, tx);
    const text = `Highly Available VM ${vm.name} could not be restarted automatically, exceeded the maximum number of attempts (${attempts}): ${why}`;
    await this.tell('HA_VM_GIVEN_UP', vm, text, tx);
  }

  private async tell(kind: 'HA_VM_RESTART_FAILED' | 'HA_VM_GIVEN_UP', { id }: Vm, text: string, tx: EntityManager): Promise<void> {
    await this.events.record(kind, text, { vmId: id }, tx);
    await tx.update(Vm, { id }, { stopReason: text });
  }

  private pauseAfter(attempts: number): number {
    return pauseAfter(attempts, this.settings.CLINKER_HA_RETRY, LONGEST_PAUSE);
  }
}

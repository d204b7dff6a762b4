import { AgentError, type DiskDefinition, type NicDefinition, type SavedMemory } from '@clinker/agent-protocol';
import { RetryLater } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { BackendError } from '../errors/domain.errors';
import { HostClient } from '../hosts/host.client';
import { HostUnreachableError } from '../hosts/host.errors';
import { Host } from '../hosts/host.entity';
import { type AskedInitialization, GuestSeeds } from '../initialization/guest-seeds.service';
import { nicDefinition, pluggedNics } from '../networks/nic.definition';
import { allOf } from '../sagas/all.of';
import { outside } from '../sagas/step.errors';
import { hasEnded } from './domain.state';
import { vmDefinition } from './vm.definition';
import { Vm } from './vm.entity';
import { vmStatuses } from './vm.statuses';

/** A host answers "in progress" only after it has worked for some seconds, so it is asked again almost at once (ms). */
const ASK_AGAIN_MS = 100;

/** How long (ms) a guest is given before the power button is pressed once more. */
const PRESS_AGAIN_MS = 15_000;

/** A VM on its host, and the operation that works on it. */
export interface VmOnHost {
  readonly vmId: string;
  readonly hostName: string;
  readonly operationId: string;
}

/** How a run begins. */
export interface RunBeginning {
  /** With which it goes on instead of being booted. */
  readonly memory?: SavedMemory | undefined;
  /** That it stands still with that memory until {@link VmDomainClient.letGoOn}. */
  readonly paused?: boolean | undefined;
  readonly initialization?: AskedInitialization | undefined;
}

const notYet = (what: string, afterMs: number): RetryLater => new RetryLater(`The host has not yet finished to ${what}`, { afterMs });

/** A VM's domain on its host. Every method may be repeated. */
@Injectable()
export class VmDomainClient {
  constructor(
    private readonly db: EntityManager,
    private readonly hosts: HostClient,
    private readonly seeds: GuestSeeds,
  ) {}

  /**
   * Starts the VM unless it runs; with a memory it goes on from there, and has been initialized. Unreachable monitors fail at once: the host has tried for as long as makes sense.
   * @throws RetryLater, BackendError
   */
  async start({ vmId, hostName, operationId }: VmOnHost, disks: readonly DiskDefinition[], beginning: RunBeginning): Promise<void> {
    const { memory, paused, initialization = {} } = beginning;
    const [row, nics] = await allOf([this.db.findOneByOrFail(Vm, { id: vmId }), this.nics(vmId, hostName)]);
    const vm = vmDefinition(row, disks, nics);
    const seed = memory ? undefined : await this.seeds.of(row, operationId, initialization);
    const request = { operationId, vm, ...(memory && { memory }), ...(paused && { paused }), ...(seed && { seed }) };
    const what = `start the VM on host ${hostName}`;
    const answer = await outside(what, () => this.failFast(what, () => this.hosts.send(hostName, 'ensure-domain-running', request)));
    if (answer.status === 'in_progress') throw notYet(what, ASK_AGAIN_MS);
    if (hasEnded(answer.domain)) throw new BackendError(`The VM ended on host ${hostName} right after its start.`);
    await this.db.update(Vm, { id: vmId }, { console: answer.domain.console ?? null });
  }

  /**
   * Lets a guest go on that was started paused. One that is gone, or that its host cannot let go, is left to whoever looks at it next.
   * @throws RetryLater
   */
  async letGoOn({ hostName, operationId, vmId }: VmOnHost): Promise<void> {
    const what = `let the guest go on on host ${hostName}`;
    try {
      const answer = await outside(what, () => this.hosts.send(hostName, 'ensure-restored-guest-running', { operationId, vmId }));
      if (answer.status === 'in_progress') throw notYet(what, ASK_AGAIN_MS);
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
    }
  }

  /** Ends the VM's domain if it is there. @throws RetryLater, BackendError */
  async end({ hostName, operationId, vmId }: VmOnHost): Promise<void> {
    const what = `end the VM on host ${hostName}`;
    const answer = await outside(what, () => this.hosts.send(hostName, 'ensure-domain-gone', { operationId, vmId }));
    if (answer.status === 'in_progress') throw notYet(what, ASK_AGAIN_MS);
  }

  /**
   * Ends the domain of a VM whose start has failed. A host that cannot be asked may run it: until it answers, the VM shows that.
   * @throws RetryLater, BackendError
   */
  async endStarted(at: VmOnHost): Promise<void> {
    try {
      await this.end(at);
    } catch (error) {
      const away = error instanceof RetryLater && error.cause instanceof HostUnreachableError;
      if (away) await vmStatuses.move(this.db, at.vmId, { from: 'powering_up', to: 'not_responding' });
      throw error;
    }
  }

  /** Presses the power button until the guest has powered off. @throws RetryLater, BackendError */
  async shutDown({ hostName, operationId, vmId }: VmOnHost): Promise<void> {
    const what = `shut down the guest on host ${hostName}`;
    const answer = await outside(what, () => this.hosts.send(hostName, 'ensure-domain-shutting-down', { operationId, vmId }));
    if (answer.status === 'in_progress') throw notYet(what, ASK_AGAIN_MS);
    if (!hasEnded(answer.domain)) throw new RetryLater('The guest has not powered off yet', { afterMs: PRESS_AGAIN_MS });
  }

  /** Lets the guest start again, once for the operation. @throws RetryLater, BackendError */
  async restart({ hostName, operationId, vmId }: VmOnHost, how: 'reboot' | 'reset'): Promise<void> {
    const what = `${how} the guest on host ${hostName}`;
    const answer = await outside(what, () => this.hosts.send(hostName, 'ensure-guest-restarted', { operationId, vmId, how }));
    if (answer.status === 'in_progress') throw notYet(what, ASK_AGAIN_MS);
    if (hasEnded(answer.domain)) throw new BackendError(`Could not ${what}: the VM does not run there any more.`);
  }

  private async nics(vmId: string, hostName: string): Promise<NicDefinition[]> {
    const plugged = await pluggedNics(this.db, vmId);
    if (plugged.length === 0) return [];
    const { capabilities } = await this.db.findOneByOrFail(Host, { name: hostName });
    return plugged.map(({ nic, network }) => nicDefinition(nic.id, nic, network, capabilities));
  }

  private async failFast<T>(what: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (cause) {
      if (!(cause instanceof AgentError) || cause.code !== 'monitors_unreachable') throw cause;
      throw new BackendError(`Could not ${what}: ${cause.message}`, { cause });
    }
  }
}

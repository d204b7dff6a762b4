import { AgentError } from '@clinker/agent-protocol';
import { LibvirtError, LibvirtErrorCode } from '@clinker/libvirt';
import { Injectable } from '@nestjs/common';
import { AgentContext } from '../agent.context';
import { aliasOf } from './device.alias';
import { type FoundDomain, Hypervisor } from './hypervisor';
import { KeyedQueue, vmKey } from './keyed.queue';
import { RemovalLedger } from './removal.ledger';
import type { RemovalOutcome } from './removal.watch';

/** Within one question of the engine the guest has this long (ms) to let a device go. */
const GUEST_MS = 3_000;

/** How long (ms) a guest may be silent until it counts as refusing. Who waits for an interface gets his answer at once; a disk has time. */
const PATIENCE_MS = { disk: Number.POSITIVE_INFINITY, interface: 20_000 } as const;

const { DEVICE_MISSING, NO_DOMAIN, OPERATION_INVALID, INTERNAL_ERROR, OPERATION_FAILED } = LibvirtErrorCode;

/** Takes disks and interfaces from guests, who may take their time, or refuse. What libvirt shows decides, never the return value of a call. */
@Injectable()
export class DeviceRemoval {
  private readonly removals = new RemovalLedger();

  constructor(
    private readonly context: AgentContext,
    private readonly hypervisor: Hypervisor,
    private readonly queue: KeyedQueue,
  ) {}

  /**
   * Asks the guest to let the device go and waits a while for it. The wait holds no queue, so that the VM can be stopped meanwhile.
   * @param what the device is, for people
   * @returns whether it is gone
   * @throws AgentError `guest_refused` after it said no several times, or was silent for too long
   */
  async remove(vmId: string, deviceId: string, what: 'disk' | 'interface'): Promise<boolean> {
    const watch = this.hypervisor.watchRemoval(vmId, aliasOf(deviceId));
    try {
      const there = await this.queue.run([vmKey(vmId)], () => this.askGuest(vmId, deviceId));
      return there ? await this.judge(vmId, deviceId, what, await watch.within(GUEST_MS)) : true;
    } finally {
      watch.stop();
    }
  }

  /**
   * Works on the running domain, alone, when the device is not about to vanish any more: one that the guest was asked to let go may do so
   * at any moment, and only when that is settled it counts as plugged in.
   * @param keys of what else nobody is to work on meanwhile
   * @throws AgentError `domain_not_found`
   */
  whenSettled<T>(vmId: string, deviceId: string, work: (domain: FoundDomain) => Promise<T>, keys: readonly string[] = []): Promise<T> {
    return this.queue.run([vmKey(vmId), ...keys], async () => work(await this.settled(vmId, deviceId)));
  }

  private async settled(vmId: string, deviceId: string): Promise<FoundDomain> {
    if (this.removals.isPending(vmId, deviceId)) await this.awaitRemoval(vmId, deviceId);
    const domain = await this.hypervisor.find(vmId);
    if (domain && domain.report.state !== 'shut_off') return domain;
    throw new AgentError('domain_not_found', `the VM ${vmId} does not run on this host`);
  }

  private async awaitRemoval(vmId: string, deviceId: string): Promise<void> {
    const watch = this.hypervisor.watchRemoval(vmId, aliasOf(deviceId));
    const gone = !(await this.isThere(vmId, deviceId));
    const outcome = gone ? 'removed' : await watch.within(this.removals.remainingMs(vmId, deviceId));
    watch.stop();
    if (outcome !== 'refused') this.removals.forget(vmId, deviceId);
  }

  /** False when there is nothing to ask for. */
  private async askGuest(vmId: string, deviceId: string): Promise<boolean> {
    if (!(await this.isThere(vmId, deviceId))) return this.forgotten(vmId, deviceId);
    if (!this.removals.shouldAsk(vmId, deviceId)) return true;
    this.removals.asked(vmId, deviceId);
    try {
      await this.hypervisor.requestDetach(vmId, aliasOf(deviceId));
      return true;
    } catch (error) {
      return this.askedInVain(error, vmId, deviceId);
    }
  }

  /** libvirt 9.0 has one code for "no such alias" and much else, and one for "already being removed": the live XML tells. */
  private async askedInVain(error: unknown, vmId: string, deviceId: string): Promise<boolean> {
    if (!LibvirtError.is(error, DEVICE_MISSING, NO_DOMAIN, OPERATION_INVALID, INTERNAL_ERROR, OPERATION_FAILED)) throw error;
    if (!(await this.isThere(vmId, deviceId))) return this.forgotten(vmId, deviceId);
    if (/in the process of unplug/i.test(error.message)) return true;
    throw error;
  }

  private async judge(vmId: string, deviceId: string, what: 'disk' | 'interface', outcome: RemovalOutcome): Promise<boolean> {
    if (outcome === 'removed' || !(await this.isThere(vmId, deviceId))) {
      this.context.logger.info({ vmId, deviceId, what }, 'The device was unplugged');
      return !this.forgotten(vmId, deviceId);
    }
    if (outcome === 'refused' && this.removals.refused(vmId, deviceId)) {
      throw new AgentError('guest_refused', `the guest refuses to let the ${what} ${deviceId} go`);
    }
    const waitedMs = this.removals.waitedMs(vmId, deviceId);
    if (waitedMs < PATIENCE_MS[what]) return false;
    throw new AgentError('guest_refused', `the guest has not let the ${what} ${deviceId} go in ${Math.round(waitedMs / 1000)} s`);
  }

  private forgotten(vmId: string, deviceId: string): false {
    this.removals.forget(vmId, deviceId);
    return false;
  }

  private async isThere(vmId: string, deviceId: string): Promise<boolean> {
    const domain = await this.hypervisor.find(vmId);
    const ids = [...(domain?.disks ?? []).map(({ diskId }) => diskId), ...(domain?.nics ?? []).map(({ nicId }) => nicId)];
    return ids.includes(deviceId);
  }
}

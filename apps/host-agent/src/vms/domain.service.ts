import type { DomainReport, VmDefinition } from '@clinker/agent-protocol';
import { Injectable } from '@nestjs/common';
import { AgentContext } from '../agent.context';
import { type Beginning, DomainStartService } from './domain-start.service';
import { Hypervisor, absentReport } from './hypervisor';
import { KeyedQueue, vmKey, volumeKey } from './keyed.queue';

/** The guest has ended and QEMU is about to: a start that comes now means a new run. */
const ENDING: readonly DomainReport['state'][] = ['shutting_down', 'crashed', 'shut_off'];

/**
 * Domains come and go as the engine says. They are transient: the engine owns the definition, so libvirt keeps nothing that could differ
 * from it, and a host that was away starts nothing by itself.
 */
@Injectable()
export class DomainService {
  constructor(
    private readonly context: AgentContext,
    private readonly hypervisor: Hypervisor,
    private readonly starts: DomainStartService,
    private readonly queue: KeyedQueue,
  ) {}

  /**
   * A domain that is there already stays as it is, with the disks that it has.
   * @param beginning how it begins if it is not there
   */
  ensureRunning(vm: VmDefinition, beginning: Beginning = {}): Promise<DomainReport> {
    const keys = [vmKey(vm.vmId), ...vm.disks.map((disk) => volumeKey(disk.volumeId))];
    return this.queue.run(keys, async () => {
      const found = await this.hypervisor.find(vm.vmId);
      if (found && !ENDING.includes(found.report.state)) return found.report;
      if (found) await this.hypervisor.destroy(vm.vmId);
      return this.start(vm, beginning);
    });
  }

  /** Lets a guest run that was started paused. A domain that is gone has nothing to let go. */
  letGoOn(vmId: string): Promise<void> {
    return this.queue.run([vmKey(vmId)], async () => {
      const { state } = await this.hypervisor.report(vmId);
      if (state !== 'paused' || !(await this.hypervisor.resume(vmId))) return;
      this.context.logger.info({ vmId }, 'The guest was let go on');
    });
  }

  ensureGone(vmId: string): Promise<void> {
    return this.queue.run([vmKey(vmId)], async () => {
      if (await this.hypervisor.destroy(vmId)) this.context.logger.info({ vmId }, 'The domain was destroyed');
      await this.starts.tidy(vmId);
    });
  }

  ensureShuttingDown(vmId: string): Promise<DomainReport> {
    return this.queue.run([vmKey(vmId)], async () => {
      const pressed = await this.hypervisor.pressPowerButton(vmId);
      return pressed ? this.hypervisor.report(vmId) : absentReport(vmId);
    });
  }

  private async start(vm: VmDefinition, beginning: Beginning): Promise<DomainReport> {
    await this.starts.start(vm, beginning);
    this.context.logger.info({ vmId: vm.vmId, disks: vm.disks.length }, 'The domain was started');
    return this.hypervisor.report(vm.vmId);
  }
}

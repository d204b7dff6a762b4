import { Injectable } from '@nestjs/common';
import { AgentContext } from '../agent.context';
import { Hypervisor } from './hypervisor';
import { KeyedQueue, vmKey } from './keyed.queue';

/** The sizes in which running guests see their disks. */
@Injectable()
export class DiskSizeService {
  constructor(
    private readonly context: AgentContext,
    private readonly hypervisor: Hypervisor,
    private readonly queue: KeyedQueue,
  ) {}

  /** Lets the guest see at least this size. A larger one stays: the message may be late, and to shrink a disk destroys data. */
  ensure(vmId: string, diskId: string, sizeBytes: number): Promise<void> {
    return this.queue.run([vmKey(vmId)], async () => {
      const domain = await this.hypervisor.find(vmId);
      const disk = domain?.disks.find((each) => each.diskId === diskId);
      if (!disk || domain?.report.state === 'shut_off') return;
      if ((await this.hypervisor.diskSize(vmId, disk.target)) >= sizeBytes) return;
      await this.hypervisor.resizeDisk(vmId, disk.target, sizeBytes);
      this.context.logger.info({ vmId, diskId, sizeBytes }, 'The disk was resized');
    });
  }
}

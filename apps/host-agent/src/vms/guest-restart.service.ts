import type { CommandRequest, DomainReport } from '@clinker/agent-protocol';
import { Injectable } from '@nestjs/common';
import { AgentContext } from '../agent.context';
import { Hypervisor, absentReport } from './hypervisor';
import { KeyedQueue, vmKey } from './keyed.queue';

/** How many operations are remembered: an engine asks again within minutes. */
const REMEMBERED = 1_000;

type Restart = CommandRequest<'ensure-guest-restarted'>;

/** Lets guests start again while their QEMU goes on: what is plugged stays plugged. */
@Injectable()
export class GuestRestartService {
  /** Operations whose guest was asked, the oldest first. A guest must not be restarted again because an answer was lost. */
  private readonly asked = new Set<string>();

  constructor(
    private readonly context: AgentContext,
    private readonly hypervisor: Hypervisor,
    private readonly queue: KeyedQueue,
  ) {}

  restart(request: Restart): Promise<DomainReport> {
    const { vmId, operationId } = request;
    return this.queue.run([vmKey(vmId)], async () => {
      if (!this.asked.has(operationId) && !(await this.ask(request))) return absentReport(vmId);
      return this.hypervisor.report(vmId);
    });
  }

  private async ask({ vmId, operationId, how }: Restart): Promise<boolean> {
    if (!(await this.hypervisor[how](vmId))) return false;
    this.remember(operationId);
    this.context.logger.info({ vmId, how }, 'The guest was asked to start again');
    return true;
  }

  private remember(operationId: string): void {
    this.asked.add(operationId);
    const [oldest] = this.asked;
    if (oldest !== undefined && this.asked.size > REMEMBERED) this.asked.delete(oldest);
  }
}

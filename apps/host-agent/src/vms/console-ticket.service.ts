import type { CommandRequest, DomainReport } from '@clinker/agent-protocol';
import { Injectable } from '@nestjs/common';
import { AgentContext } from '../agent.context';
import { displayWithPassword } from './display-xml.builder';
import { Hypervisor, absentReport } from './hypervisor';
import { KeyedQueue, vmKey } from './keyed.queue';

/** Lets people connect to the displays of guests. */
@Injectable()
export class ConsoleTicketService {
  constructor(
    private readonly context: AgentContext,
    private readonly hypervisor: Hypervisor,
    private readonly queue: KeyedQueue,
  ) {}

  /** @throws LibvirtError */
  issue({ vmId, password, validForS }: CommandRequest<'ensure-console-ticket'>): Promise<DomainReport> {
    return this.queue.run([vmKey(vmId)], async () => {
      const found = await this.hypervisor.find(vmId);
      if (!found?.console) return found?.report ?? absentReport(vmId);
      const until = new Date(Date.now() + validForS * 1_000);
      await this.hypervisor.updateDevice(vmId, displayWithPassword(found.console, password, until));
      this.context.logger.info({ vmId, validForS }, 'The display was opened for whoever has the ticket');
      return found.report;
    });
  }
}

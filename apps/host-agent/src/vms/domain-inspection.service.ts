import type { CommandReply } from '@clinker/agent-protocol';
import { Injectable } from '@nestjs/common';
import { DomainEnds } from './domain.ends';
import { Hypervisor } from './hypervisor';

/** What can be told of one domain. */
@Injectable()
export class DomainInspection {
  constructor(
    private readonly hypervisor: Hypervisor,
    private readonly ends: DomainEnds,
  ) {}

  /** A domain that is gone is told with how it ended. */
  async inspect(vmId: string): Promise<CommandReply<'inspect-domain'>> {
    const domain = await this.hypervisor.report(vmId);
    return { domain, ends: domain.state === 'absent' ? this.ends.of(vmId) : [] };
  }
}

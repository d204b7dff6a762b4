import { AgentError, type CommandRequest, type ConsoleAddress } from '@clinker/agent-protocol';
import { Injectable } from '@nestjs/common';
import { ConflictError } from '../errors/domain.errors';
import { HostClient } from '../hosts/host.client';
import { HostUnreachableError } from '../hosts/host.errors';

const TICKET = 'ensure-console-ticket';

/** Opens displays on hosts. It leaves nothing that would have to be taken back: a ticket ends by itself. */
@Injectable()
export class ConsoleTicketClient {
  constructor(private readonly hosts: HostClient) {}

  /**
   * Lets whoever knows the password connect to the VM's display.
   * @returns where; null if the VM does not run there or its display cannot be reached
   * @throws ConflictError if the host does not do it now
   */
  async issue(hostName: string, ticket: CommandRequest<typeof TICKET>): Promise<ConsoleAddress | null> {
    try {
      const answer = await this.hosts.send(hostName, TICKET, ticket);
      if (answer.status === 'done') return answer.domain.console ?? null;
    } catch (cause) {
      if (!(cause instanceof HostUnreachableError) && !(cause instanceof AgentError)) throw cause;
      throw new ConflictError(`Cannot set VM Ticket. ${cause.message}`, { cause });
    }
    throw new ConflictError(`Cannot set VM Ticket. Host ${hostName} is working on the VM; try again.`);
  }
}

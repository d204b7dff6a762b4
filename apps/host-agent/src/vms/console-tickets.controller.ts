import type { CommandReply, CommandRequest } from '@clinker/agent-protocol';
import { Controller } from '@nestjs/common';
import { Command } from '../transport/command.decorator';
import { ConsoleTicketService } from './console-ticket.service';
import { PatientRuns } from './patient.runs';

@Controller()
export class ConsoleTicketsController {
  constructor(
    private readonly tickets: ConsoleTicketService,
    private readonly runs: PatientRuns,
  ) {}

  @Command('ensure-console-ticket')
  ensureTicket(request: CommandRequest<'ensure-console-ticket'>): Promise<CommandReply<'ensure-console-ticket'>> {
    const issue = async () => ({ status: 'done' as const, domain: await this.tickets.issue(request) });
    return this.runs.answer(`ticket ${request.ticketId}`, issue);
  }
}

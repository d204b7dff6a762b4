import { Controller } from '@nestjs/common';
import { Api, type ApiRequest } from '../http/api-request';
import { Id, Input } from '../http/input';
import type { Reply } from '../http/reply';
import { Action } from '../http/action.route';
import { originOf } from '../http/request-origin';
import { Needs, on } from '../permissions/access.declarations';
import { ConsoleTicketsService } from './console-tickets.service';
import { ticketReply } from './console.representation';
import { type TicketAction, ticketSchema } from './ticket.input';

/** The older way to a ticket, of the VM instead of its console; libgovirt goes it. */
@Controller('api/vms/:vm')
export class VmTicketController {
  constructor(private readonly tickets: ConsoleTicketsService) {}

  @Action('ticket')
  @Needs('connect_to_vm', on('vm', 'vm'))
  async ticket(
    @Id('vm') vm: string,
    @Input({ element: 'action', schema: ticketSchema, method: 'ticket' }) { ticket }: TicketAction,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return ticketReply(await this.tickets.issue(vm, ticket ?? {}, originOf(api)));
  }
}

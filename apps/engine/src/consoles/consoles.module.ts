import { Module } from '@nestjs/common';
import { ConsoleTicketClient } from './console-ticket.client';
import { ConsoleTicketsService } from './console-tickets.service';
import { VmConsolesController } from './vm-consoles.controller';
import { VmConsolesService } from './vm-consoles.service';
import { VmTicketController } from './vm-ticket.controller';

/** The displays of VMs, and who may connect to them. */
@Module({
  controllers: [VmConsolesController, VmTicketController],
  providers: [VmConsolesService, ConsoleTicketsService, ConsoleTicketClient],
})
export class ConsolesModule {}

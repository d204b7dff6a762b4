import { Injectable } from '@nestjs/common';
import { randomBytes, randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import type { ConsoleAddress } from '@clinker/agent-protocol';
import { findRow } from '../database/row.access';
import { ConflictError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { Host } from '../hosts/host.entity';
import type { RequestOrigin } from '../http/request-origin';
import { Vm } from '../vms/vm.entity';
import { ConsoleTicketClient } from './console-ticket.client';
import type { AskedTicket } from './ticket.input';
import { hasDisplay } from './vm.display';

/** oVirt's time (s) for which a ticket is valid if nobody says otherwise. */
const VALID_FOR_S = 7_200;

/** As many bytes as make the 8 characters at which VNC looks. */
const PASSWORD_BYTES = 6;

/** What lets a client connect to a VM's display. */
export interface ConsoleTicket extends ConsoleAddress {
  readonly vmName: string;
  readonly password: string;
  readonly validForS: number;
}

/** Tickets for the displays of VMs: passwords that are valid for a while, as oVirt's. The one of before ends. */
@Injectable()
export class ConsoleTicketsService {
  constructor(
    private readonly db: EntityManager,
    private readonly client: ConsoleTicketClient,
    private readonly events: EventsService,
  ) {}

  /** @param asked a password is made up if none is given @throws NotFoundError, ConflictError if the VM has no display now that can be reached */
  async issue(vmId: string, asked: AskedTicket, { ownerId: userId }: RequestOrigin): Promise<ConsoleTicket> {
    const vm = await findRow(this.db, Vm, 'VM', { id: vmId });
    if (!hasDisplay(vm)) throw new ConflictError('Cannot set VM Ticket. VM is not running.');
    const host = await findRow(this.db, Host, 'Host', { id: vm.hostId! });
    const password = asked.value ?? randomBytes(PASSWORD_BYTES).toString('base64url');
    const validForS = asked.expiry ?? VALID_FOR_S;
    const address = await this.client.issue(host.name, { ticketId: randomUUID(), vmId, password, validForS });
    if (!address)
      throw new ConflictError(
        `Cannot set VM Ticket. The display of VM ${vm.name} cannot be reached: ` +
          `host ${host.name} had no CLINKER_CONSOLE_ADDRESS when the VM was started, or the VM has just ended.`,
      );
    await this.events.record('VM_CONSOLE_OPENED', `A console session for VM ${vm.name} was initiated.`, { vmId, userId, hostId: host.id });
    return { ...address, vmName: vm.name, password, validForS };
  }
}

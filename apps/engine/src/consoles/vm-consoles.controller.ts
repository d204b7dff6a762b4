import { wireEnum, wireObject } from '@clinker/ovirt-api';
import { Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { UnsupportedError } from '../errors/domain.errors';
import { Followers } from '../follow/followers';
import { Api, type ApiRequest } from '../http/api-request';
import { Id, Input } from '../http/input';
import { listReply } from '../http/list-reply';
import { type Reply, action, created, ok } from '../http/reply';
import { Action } from '../http/action.route';
import { originOf } from '../http/request-origin';
import { Needs, Reads, on } from '../permissions/access.declarations';
import { AccessService } from '../permissions/access.service';
import { type ConsoleTicket, ConsoleTicketsService } from './console-tickets.service';
import { consoleRepresentation, fileReply, ticketReply, viewerFileReply } from './console.representation';
import { type TicketAction, ticketSchema } from './ticket.input';
import { type ConsoleProtocol, VmConsolesService, consoleId } from './vm-consoles.service';

const newConsole = wireObject({ protocol: wireEnum(['vnc', 'spice'], 'GraphicsType') });

/** How long (s) the file is good for, as oVirt's. */
const FILE_VALID_FOR_S = 120;

/** Who may ask for a ticket may have the file with one in it. */
const WITH_TICKET = 'connect_to_vm';

/** The graphics consoles of a VM. Its display is VNC; one of SPICE can be declared, and read back, and nobody can connect to it. */
@Controller('api/vms/:vm/graphicsconsoles')
export class VmConsolesController {
  constructor(
    private readonly consoles: VmConsolesService,
    private readonly tickets: ConsoleTicketsService,
    private readonly access: AccessService,
    followers: Followers,
  ) {
    followers.list('vms/graphicsconsoles', 'graphics_consoles', async (ids, { links }) => {
      const found = [...(await consoles.ofVms(ids))];
      return new Map(found.map(([id, all]) => [id, all.map((one) => consoleRepresentation(id, one, links))]));
    });
  }

  @Get()
  @Reads('vm', 'vm')
  async list(@Id('vm') vm: string, @Api() api: ApiRequest): Promise<Reply> {
    return listReply('graphics_consoles', await this.consoles.list(vm), (one) => consoleRepresentation(vm, one, api.links));
  }

  @Post()
  @Needs('edit_vm_properties', on('vm', 'vm'))
  async add(
    @Id('vm') vm: string,
    @Input({ element: 'graphics_console', schema: newConsole, method: 'add' }) { protocol }: { protocol: ConsoleProtocol },
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    await this.consoles.add(vm, protocol);
    return created('graphics_console', consoleRepresentation(vm, await this.consoles.get(vm, consoleId(protocol)), api.links));
  }

  @Get(':id')
  @Reads('vm', 'vm')
  async get(@Id('vm') vm: string, @Param('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    if (api.file) return this.viewerFile(vm, id, api);
    return ok('graphics_console', consoleRepresentation(vm, await this.consoles.get(vm, id), api.links));
  }

  @Delete(':id')
  @Needs('edit_vm_properties', on('vm', 'vm'))
  async remove(@Id('vm') vm: string, @Param('id') id: string): Promise<Reply> {
    await this.consoles.remove(vm, id);
    return action(null, 'complete');
  }

  @Action(':id/ticket')
  @Needs(WITH_TICKET, on('vm', 'vm'))
  async ticket(
    @Id('vm') vm: string,
    @Param('id') id: string,
    @Input({ element: 'action', schema: ticketSchema, method: 'ticket' }) { ticket }: TicketAction,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    await this.requireVnc(vm, id);
    return ticketReply(await this.tickets.issue(vm, ticket ?? {}, originOf(api)));
  }

  @Action(':id/remoteviewerconnectionfile')
  @Needs(WITH_TICKET, on('vm', 'vm'))
  async remoteViewerConnectionFile(@Id('vm') vm: string, @Param('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return fileReply(await this.ticketForFile(vm, id, api));
  }

  @Action(':id/proxyticket')
  @Reads('vm', 'vm')
  async refuse(@Id('vm') vm: string, @Param('id') id: string): Promise<never> {
    await this.requireVnc(vm, id);
    throw new UnsupportedError('Cannot get a Proxy Ticket. There is no proxy: clients connect to the display with a ticket.');
  }

  /** The file itself, as oVirt's web interface for users asks for it. */
  private async viewerFile(vm: string, id: string, api: ApiRequest): Promise<Reply> {
    await this.access.require(api.caller.id, WITH_TICKET, { type: 'vm', id: vm });
    return viewerFileReply(await this.ticketForFile(vm, id, api));
  }

  private async ticketForFile(vm: string, id: string, api: ApiRequest): Promise<ConsoleTicket> {
    await this.requireVnc(vm, id);
    return this.tickets.issue(vm, { expiry: FILE_VALID_FOR_S }, originOf(api));
  }

  private async requireVnc(vm: string, id: string): Promise<void> {
    const { protocol } = await this.consoles.get(vm, id);
    if (protocol !== 'vnc') throw new UnsupportedError(`Cannot connect to the ${protocol} console. The display of VMs is VNC.`);
  }
}

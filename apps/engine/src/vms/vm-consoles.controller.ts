import { type Links, type WireObject, wireEnum, wireObject } from '@clinker/ovirt-api';
import { Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { UnsupportedError } from '../errors/domain.errors';
import { Followers } from '../follow/followers';
import { Api, type ApiRequest } from '../http/api-request';
import { Id, Input } from '../http/input';
import { listReply } from '../http/list-reply';
import { type Reply, action, created, ok } from '../http/reply';
import { Action } from '../http/reply.interceptor';
import { Needs, Reads, on } from '../permissions/access.declarations';
import { type ConsoleProtocol, VmConsolesService, consoleId } from './vm-consoles.service';

const ACTIONS = ['proxyticket', 'remoteviewerconnectionfile', 'ticket'];

const newConsole = wireObject({ protocol: wireEnum(['vnc', 'spice'], 'GraphicsType') });

function consoleRepresentation(vmId: string, protocol: ConsoleProtocol, links: Links): WireObject {
  const identity = links.reference(`vms/${vmId}/graphicsconsoles`, consoleId(protocol));
  return { ...identity, actions: links.actions(identity.href, ACTIONS), protocol, vm: links.reference('vms', vmId) };
}

/** The graphics consoles of a VM. They can be declared, and read back; nobody can connect to them through the engine. */
@Controller('api/vms/:vm/graphicsconsoles')
export class VmConsolesController {
  constructor(
    private readonly consoles: VmConsolesService,
    followers: Followers,
  ) {
    followers.list('vms/graphicsconsoles', 'graphics_consoles', async (ids, { links }) => {
      const found = [...(await consoles.ofVms(ids))];
      return new Map(found.map(([id, protocols]) => [id, protocols.map((protocol) => consoleRepresentation(id, protocol, links))]));
    });
  }

  @Get()
  @Reads('vm', 'vm')
  async list(@Id('vm') vm: string, @Api() api: ApiRequest): Promise<Reply> {
    return listReply(api, 'graphics_consoles', await this.consoles.list(vm), (one) => consoleRepresentation(vm, one, api.links));
  }

  @Post()
  @Needs('edit_vm_properties', on('vm', 'vm'))
  async add(
    @Id('vm') vm: string,
    @Input({ element: 'graphics_console', schema: newConsole, method: 'add' }) { protocol }: { protocol: ConsoleProtocol },
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    await this.consoles.add(vm, protocol);
    return created('graphics_console', consoleRepresentation(vm, protocol, api.links));
  }

  @Get(':id')
  @Reads('vm', 'vm')
  async get(@Id('vm') vm: string, @Param('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('graphics_console', consoleRepresentation(vm, await this.consoles.get(vm, id), api.links));
  }

  @Delete(':id')
  @Needs('edit_vm_properties', on('vm', 'vm'))
  async remove(@Id('vm') vm: string, @Param('id') id: string): Promise<Reply> {
    await this.consoles.remove(vm, id);
    return action(null, 'complete');
  }

  @Action(ACTIONS.map((name) => `:id/${name}`))
  @Reads('vm', 'vm')
  async refuse(@Id('vm') vm: string, @Param('id') id: string): Promise<never> {
    const protocol = await this.consoles.get(vm, id);
    throw new UnsupportedError(`Cannot connect to the ${protocol} console. Consoles are not reachable through the engine.`);
  }
}

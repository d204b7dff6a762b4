import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { Api, type ApiRequest } from '../http/api-request';
import { emptyCollection } from '../http/empty-collection';
import { Id, Input } from '../http/input';
import { listReply } from '../http/list-reply';
import { type Reply, action, created, ok } from '../http/reply';
import { Action } from '../http/action.route';
import { originOf } from '../http/request-origin';
import { Needs, Reads, on } from '../permissions/access.declarations';
import type { OperationEnd } from '../sagas/operation.end';
import { type ChangedNic, type NewNic, changedNic, newNic } from './nic.input';
import { NicAccess } from './nic.access';
import { emptyNicCollections, nicRepresentation } from './nic.representation';
import { NicsService } from './nics.service';

const ended = (status: OperationEnd['status']): Reply => action(null, status === 'finished' ? 'complete' : 'pending');

/** The interfaces of a VM. */
@Controller('api/vms/:vm/nics')
export class NicsController {
  constructor(
    private readonly nics: NicsService,
    private readonly access: NicAccess,
  ) {}

  @Get()
  @Reads('vm', 'vm')
  async list(@Id('vm') vm: string, @Api() api: ApiRequest): Promise<Reply> {
    return listReply('nics', await this.nics.list(vm), (one) => nicRepresentation(one, api.links));
  }

  @Post()
  @Needs('configure_vm_network', on('vm', 'vm'))
  async add(
    @Id('vm') vm: string,
    @Input({ element: 'nic', schema: newNic, method: 'add' }) input: NewNic,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    await this.access.requireProfile({ of: 'vm' }, input, api.caller.id);
    return created('nic', nicRepresentation(await this.nics.add(vm, input, originOf(api)), api.links));
  }

  @Get(':id')
  @Reads('vm', 'vm')
  async get(@Id('vm') vm: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('nic', nicRepresentation(await this.nics.get(vm, id), api.links));
  }

  @Put(':id')
  @Needs('configure_vm_network', on('vm', 'vm'))
  async update(
    @Id('vm') vm: string,
    @Id('id') id: string,
    @Input({ element: 'nic', schema: changedNic, method: 'update' }) input: ChangedNic,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    await this.access.requireProfile({ of: 'vm', id }, input, api.caller.id);
    const { nic } = await this.nics.update(vm, id, input, originOf(api));
    return ok('nic', nicRepresentation(nic, api.links));
  }

  @Delete(':id')
  @Needs('configure_vm_network', on('vm', 'vm'))
  async remove(@Id('vm') vm: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ended(await this.nics.remove(vm, id, originOf(api)));
  }

  @Action(':id/activate')
  @Needs('configure_vm_network', on('vm', 'vm'))
  async activate(@Id('vm') vm: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ended((await this.nics.update(vm, id, { plugged: true }, originOf(api))).status);
  }

  @Action(':id/deactivate')
  @Needs('configure_vm_network', on('vm', 'vm'))
  async deactivate(@Id('vm') vm: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ended((await this.nics.update(vm, id, { plugged: false }, originOf(api))).status);
  }

  @Get(Object.keys(emptyNicCollections).map((segment) => `:id/${segment}`))
  @Reads('vm', 'vm')
  async empty(@Id('vm') vm: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    await this.nics.get(vm, id);
    return emptyCollection(api, emptyNicCollections);
  }
}

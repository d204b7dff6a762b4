import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { Followers } from '../follow/followers';
import { Api, type ApiRequest, flag } from '../http/api-request';
import { Id, Input } from '../http/input';
import { Searches, Takes } from '../http/own.parameters';
import { type Reply, action, created, ok } from '../http/reply';
import { originOf } from '../http/request-origin';
import { Lists, Needs, Reads, ServiceChecks, on } from '../permissions/access.declarations';
import { listQuery } from '../search/list-query';
import { VmAccess } from './vm.access';
import { VmAdder } from './vm-adder.service';
import { type AddVm, type UpdateVm, addVmSchema, updateVmSchema } from './vm.input';
import { asNextRun } from './vm.next-run';
import { vmListRepresentation, vmRepresentation } from './vm.representation';
import { VmsService } from './vms.service';

@Controller('api/vms')
export class VmsController {
  constructor(
    private readonly vms: VmsService,
    private readonly adder: VmAdder,
    private readonly access: VmAccess,
    followers: Followers,
  ) {
    followers.objects('vms', async (ids, { links }) => (await vms.byIds(ids)).map((one) => vmRepresentation(one, links)));
  }

  @Get()
  @Searches()
  @Lists('vm')
  async list(@Api() api: ApiRequest): Promise<Reply> {
    return ok('vms', vmListRepresentation(await this.vms.list(listQuery(api)), api.links));
  }

  @Post()
  @Takes({ clone: 'Whether the disks are copies that do not need the template.' })
  @ServiceChecks('create_vm')
  async add(@Input({ element: 'vm', schema: addVmSchema, method: 'add' }) input: AddVm, @Api() api: ApiRequest): Promise<Reply> {
    await this.access.requireAdd(input, api.caller.id);
    const options = { clone: flag(api, 'clone'), wait: api.expectCreated };
    return created('vm', vmRepresentation(await this.adder.add(this.vms.sealed(input), originOf(api), options), api.links));
  }

  @Get(':id')
  @Takes({ next_run: 'Whether it is shown with the settings that wait for its next run.' })
  @Reads('vm')
  async get(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    const vm = await this.vms.get(id);
    return ok('vm', vmRepresentation(flag(api, 'next_run') ? asNextRun(vm) : vm, api.links));
  }

  @Put(':id')
  @Takes({ next_run: 'Whether all changes wait for its next run.' })
  @Needs('edit_vm_properties', on('vm'))
  async update(
    @Id('id') id: string,
    @Input({ element: 'vm', schema: updateVmSchema, method: 'update' }) input: UpdateVm,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    await this.access.requireChange(id, input, api.caller.id);
    return ok('vm', vmRepresentation(await this.vms.update(id, input, flag(api, 'next_run')), api.links));
  }

  @Delete(':id')
  @Takes({ detach_only: 'Whether its disks stay.' })
  @Needs('delete_vm', on('vm'))
  async remove(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    const operationId = await this.vms.remove(id, flag(api, 'detach_only'), originOf(api));
    return action(api.links.reference('jobs', operationId), 'complete');
  }
}

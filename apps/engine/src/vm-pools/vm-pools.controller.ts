import { collection } from '@clinker/ovirt-api';
import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { Followers } from '../follow/followers';
import { Api, type ApiRequest } from '../http/api-request';
import { Id, Input } from '../http/input';
import { type Reply, action, created, ok, withMembers } from '../http/reply';
import { Action } from '../http/action.route';
import { originOf } from '../http/request-origin';
import { Searches } from '../http/own.parameters';
import { Lists, Needs, Reads, ServiceChecks, on } from '../permissions/access.declarations';
import { listQuery } from '../search/list-query';
import { VmPoolAccess } from './vm-pool.access';
import { VmPoolAllocation } from './vm-pool-allocation.service';
import { type ChangedVmPool, type NewVmPool, changedVmPool, newVmPool } from './vm-pool.input';
import { vmPoolRepresentation } from './vm-pool.representation';
import { VmPoolsService } from './vm-pools.service';

@Controller('api/vmpools')
export class VmPoolsController {
  constructor(
    private readonly pools: VmPoolsService,
    private readonly allocation: VmPoolAllocation,
    private readonly access: VmPoolAccess,
    followers: Followers,
  ) {
    followers.objects('vmpools', async (ids, { links }) => (await pools.byIds(ids)).map((one) => vmPoolRepresentation(one, links)));
  }

  @Get()
  @Searches()
  @Lists('vm_pool')
  async list(@Api() api: ApiRequest): Promise<Reply> {
    const found = await this.pools.list(listQuery(api));
    return ok(
      'vm_pools',
      collection(
        'vm_pools',
        found.map((one) => vmPoolRepresentation(one, api.links)),
      ),
    );
  }

  @Post()
  @ServiceChecks('create_vm_pool')
  async add(@Input({ element: 'vm_pool', schema: newVmPool, method: 'add' }) input: NewVmPool, @Api() api: ApiRequest): Promise<Reply> {
    await this.access.requireAdd(input.cluster, api.caller.id);
    return created('vm_pool', vmPoolRepresentation(await this.pools.add(input, originOf(api)), api.links));
  }

  @Get(':id')
  @Reads('vm_pool')
  async get(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('vm_pool', vmPoolRepresentation(await this.pools.get(id), api.links));
  }

  @Put(':id')
  @Needs('edit_vm_pool_configuration', on('vm_pool'))
  async update(
    @Id('id') id: string,
    @Input({ element: 'vm_pool', schema: changedVmPool, method: 'update' }) input: ChangedVmPool,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return ok('vm_pool', vmPoolRepresentation(await this.pools.update(id, input, originOf(api)), api.links));
  }

  @Delete(':id')
  @Needs('delete_vm_pool', on('vm_pool'))
  async remove(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return action(api.links.reference('jobs', await this.pools.remove(id, originOf(api))), 'complete');
  }

  @Action(':id/allocatevm')
  @Needs('vm_pool_basic_operations', on('vm_pool'))
  async allocate(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    const vmId = await this.allocation.allocate(id, originOf(api));
    return withMembers(action(null, 'complete'), { vm: api.links.reference('vms', vmId) });
  }
}

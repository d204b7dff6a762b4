import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { Api, type ApiRequest } from '../http/api-request';
import { Id, Input } from '../http/input';
import { listReply } from '../http/list-reply';
import { type Reply, action, created, ok } from '../http/reply';
import { Lists, Needs, Reads, on, onSystem } from '../permissions/access.declarations';
import { type ChangedMacPool, type NewMacPool, changedMacPool, newMacPool } from './mac-pool.input';
import { macPoolRepresentation } from './mac-pool.representation';
import { MacPoolsService } from './mac-pools.service';

@Controller('api/macpools')
export class MacPoolsController {
  constructor(private readonly pools: MacPoolsService) {}

  @Get()
  @Lists('mac_pool')
  async list(@Api() api: ApiRequest): Promise<Reply> {
    return listReply('mac_pools', await this.pools.list(), (one) => macPoolRepresentation(one, api.links));
  }

  @Post()
  @Needs('create_mac_pool', onSystem)
  async add(@Input({ element: 'mac_pool', schema: newMacPool, method: 'add' }) input: NewMacPool, @Api() api: ApiRequest): Promise<Reply> {
    return created('mac_pool', macPoolRepresentation(await this.pools.add(input, api.caller.id), api.links));
  }

  @Get(':id')
  @Reads('mac_pool')
  async get(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('mac_pool', macPoolRepresentation(await this.pools.get(id), api.links));
  }

  @Put(':id')
  @Needs('edit_mac_pool', on('mac_pool'))
  async update(
    @Id('id') id: string,
    @Input({ element: 'mac_pool', schema: changedMacPool, method: 'update' }) input: ChangedMacPool,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return ok('mac_pool', macPoolRepresentation(await this.pools.update(id, input), api.links));
  }

  @Delete(':id')
  @Needs('delete_mac_pool', on('mac_pool'))
  async remove(@Id('id') id: string): Promise<Reply> {
    await this.pools.remove(id);
    return action(null, 'complete');
  }
}

import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { Api, type ApiRequest } from '../http/api-request';
import { emptyCollection } from '../http/empty-collection';
import { Id, Input } from '../http/input';
import { listReply } from '../http/list-reply';
import { type Reply, action, created, ok } from '../http/reply';
import { Searches } from '../http/own.parameters';
import { Lists, Needs, Reads, ServiceChecks, on } from '../permissions/access.declarations';
import { listQuery } from '../search/list-query';
import { type ChangedNetwork, type NewNetwork, changedNetwork, newNetwork } from './network.input';
import { emptyNetworkCollections, networkRepresentation } from './network.representation';
import { NetworksService } from './networks.service';

@Controller('api/networks')
export class NetworksController {
  constructor(private readonly networks: NetworksService) {}

  @Get()
  @Searches()
  @Lists('network')
  async list(@Api() api: ApiRequest): Promise<Reply> {
    const found = await this.networks.list(listQuery(api));
    return listReply('networks', found, (one) => networkRepresentation(one, api.links));
  }

  @Post()
  @ServiceChecks('create_storage_pool_network')
  async add(@Input({ element: 'network', schema: newNetwork, method: 'add' }) input: NewNetwork, @Api() api: ApiRequest): Promise<Reply> {
    return created('network', networkRepresentation(await this.networks.add(input, api.caller.id), api.links));
  }

  @Get(':id')
  @Reads('network')
  async get(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('network', networkRepresentation(await this.networks.get(id), api.links));
  }

  @Put(':id')
  @Needs('configure_storage_pool_network', on('network'))
  async update(
    @Id('id') id: string,
    @Input({ element: 'network', schema: changedNetwork, method: 'update' }) input: ChangedNetwork,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return ok('network', networkRepresentation(await this.networks.update(id, input), api.links));
  }

  @Delete(':id')
  @Needs('delete_storage_pool_network', on('network'))
  async remove(@Id('id') id: string): Promise<Reply> {
    await this.networks.remove(id);
    return action(null, 'complete');
  }

  @Get(Object.keys(emptyNetworkCollections).map((segment) => `:id/${segment}`))
  @Reads('network')
  async empty(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    await this.networks.get(id);
    return emptyCollection(api, emptyNetworkCollections);
  }
}

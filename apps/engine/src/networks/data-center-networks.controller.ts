import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { Api, type ApiRequest } from '../http/api-request';
import { emptyCollection } from '../http/empty-collection';
import { Id, Input } from '../http/input';
import { listReply } from '../http/list-reply';
import { type Reply, action, created, ok } from '../http/reply';
import { Lists, Needs, Reads, on } from '../permissions/access.declarations';
import { type ChangedNetwork, type NewNetworkHere, changedNetwork, newNetworkHere } from './network.input';
import { dataCenterNetworkRepresentation, emptyNetworkCollections } from './network.representation';
import { NetworksService } from './networks.service';

/** The networks of one data center: the same networks as in `/networks`. */
@Controller('api/datacenters/:dc/networks')
export class DataCenterNetworksController {
  constructor(private readonly networks: NetworksService) {}

  @Get()
  @Lists('network', on('data_center', 'dc'))
  async list(@Id('dc') dc: string, @Api() api: ApiRequest): Promise<Reply> {
    return listReply('networks', await this.networks.listOf(dc), (one) => dataCenterNetworkRepresentation(one, api.links));
  }

  @Post()
  @Needs('create_storage_pool_network', on('data_center', 'dc'))
  async add(
    @Id('dc') dc: string,
    @Input({ element: 'network', schema: newNetworkHere, method: 'add' }) input: NewNetworkHere,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    const network = await this.networks.add({ ...input, data_center: { id: dc } }, api.caller.id);
    return created('network', dataCenterNetworkRepresentation(network, api.links));
  }

  @Get(':id')
  @Reads('network')
  async get(@Id('dc') dc: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('network', dataCenterNetworkRepresentation(await this.networks.getOf(dc, id), api.links));
  }

  @Put(':id')
  @Needs('configure_storage_pool_network', on('network'))
  async update(
    @Id('dc') dc: string,
    @Id('id') id: string,
    @Input({ element: 'network', schema: changedNetwork, method: 'update' }) input: ChangedNetwork,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    await this.networks.getOf(dc, id);
    return ok('network', dataCenterNetworkRepresentation(await this.networks.update(id, input), api.links));
  }

  @Delete(':id')
  @Needs('delete_storage_pool_network', on('network'))
  async remove(@Id('dc') dc: string, @Id('id') id: string): Promise<Reply> {
    await this.networks.getOf(dc, id);
    await this.networks.remove(id);
    return action(null, 'complete');
  }

  @Get(Object.keys(emptyNetworkCollections).map((segment) => `:id/${segment}`))
  @Reads('network')
  async empty(@Id('dc') dc: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    await this.networks.getOf(dc, id);
    return emptyCollection(api, emptyNetworkCollections);
  }
}

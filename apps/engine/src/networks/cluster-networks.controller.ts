import { type ReferenceInput, reference } from '@clinker/ovirt-api';
import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { UnsupportedError } from '../errors/domain.errors';
import { Api, type ApiRequest } from '../http/api-request';
import { Id, Input } from '../http/input';
import { listReply } from '../http/list-reply';
import { type Reply, created, ok } from '../http/reply';
import { Lists, Needs, Reads, on } from '../permissions/access.declarations';
import { clusterNetworkRepresentation } from './network.representation';
import { NetworksService } from './networks.service';

/**
 * The networks of a cluster: all of its data center. There is nothing to assign, so assigning one that is there succeeds. What it is
 * used for stays as it is: the answer shows it. Ansible sends the roles of a network with each cluster that it names.
 */
@Controller('api/clusters/:cluster/networks')
export class ClusterNetworksController {
  constructor(private readonly networks: NetworksService) {}

  @Get()
  @Lists('network', on('cluster', 'cluster'))
  async list(@Id('cluster') cluster: string, @Api() api: ApiRequest): Promise<Reply> {
    const found = await this.networks.listOfCluster(cluster);
    return listReply('networks', found, (one) => clusterNetworkRepresentation(one, cluster, api.links));
  }

  @Post()
  @Needs('assign_cluster_network', on('cluster', 'cluster'))
  async assign(
    @Id('cluster') cluster: string,
    @Input({ element: 'network', schema: reference, method: 'add' }) input: ReferenceInput,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    const network = await this.networks.getOfCluster(cluster, input);
    return created('network', clusterNetworkRepresentation(network, cluster, api.links));
  }

  @Get(':id')
  @Reads('network')
  async get(@Id('cluster') cluster: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('network', clusterNetworkRepresentation(await this.networks.getOfCluster(cluster, { id }), cluster, api.links));
  }

  @Put(':id')
  @Needs('assign_cluster_network', on('cluster', 'cluster'))
  async update(@Id('cluster') cluster: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return this.get(cluster, id, api);
  }

  @Delete(':id')
  @Needs('assign_cluster_network', on('cluster', 'cluster'))
  async detach(@Id('cluster') cluster: string, @Id('id') id: string): Promise<never> {
    const { name } = await this.networks.getOfCluster(cluster, { id });
    throw new UnsupportedError(`Cannot detach Network. A Cluster has all networks of its Data Center, ${name} too.`);
  }
}

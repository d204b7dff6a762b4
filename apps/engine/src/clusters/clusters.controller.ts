import { collection } from '@clinker/ovirt-api';
import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { UnsupportedError } from '../errors/domain.errors';
import { Followers } from '../follow/followers';
import { Api, type ApiRequest } from '../http/api-request';
import { emptyCollection } from '../http/empty-collection';
import { Id, Input } from '../http/input';
import { type Reply, action, created, ok } from '../http/reply';
import { Action } from '../http/action.route';
import { Searches } from '../http/own.parameters';
import { Lists, Needs, Reads, ServiceChecks, on } from '../permissions/access.declarations';
import { listQuery } from '../search/list-query';
import { type ChangedCluster, type NewCluster, changedCluster, newCluster } from './cluster.input';
import { clusterRepresentation, emptyClusterCollections } from './cluster.representation';
import { ClustersService } from './clusters.service';

@Controller('api/clusters')
export class ClustersController {
  constructor(
    private readonly clusters: ClustersService,
    followers: Followers,
  ) {
    followers.objects('clusters', async (ids, { links }) => (await clusters.byIds(ids)).map((one) => clusterRepresentation(one, links)));
    followers.empty('clusters', emptyClusterCollections, {
      enabledfeatures: 'enabled_features',
      externalnetworkproviders: 'external_network_providers',
    });
  }

  @Get()
  @Searches()
  @Lists('cluster')
  async list(@Api() api: ApiRequest): Promise<Reply> {
    const found = await this.clusters.list(listQuery(api));
    return ok(
      'clusters',
      collection(
        'clusters',
        found.map((one) => clusterRepresentation(one, api.links)),
      ),
    );
  }

  @Post()
  @ServiceChecks('create_cluster')
  async add(@Input({ element: 'cluster', schema: newCluster, method: 'add' }) input: NewCluster, @Api() api: ApiRequest): Promise<Reply> {
    return created('cluster', clusterRepresentation(await this.clusters.add(input, api.caller.id), api.links));
  }

  @Get(':id')
  @Reads('cluster')
  async get(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('cluster', clusterRepresentation(await this.clusters.get(id), api.links));
  }

  @Put(':id')
  @Needs('edit_cluster_configuration', on('cluster'))
  async update(
    @Id('id') id: string,
    @Input({ element: 'cluster', schema: changedCluster, method: 'update' }) input: ChangedCluster,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return ok('cluster', clusterRepresentation(await this.clusters.update(id, input), api.links));
  }

  @Delete(':id')
  @Needs('delete_cluster', on('cluster'))
  async remove(@Id('id') id: string): Promise<Reply> {
    await this.clusters.remove(id);
    return action(null, 'complete');
  }

  @Action([':id/resetemulatedmachine', ':id/syncallnetworks', ':id/upgrade', ':id/refreshglusterhealstatus'])
  @Reads('cluster')
  unsupported(): never {
    throw new UnsupportedError('Cannot do this with Cluster. The action is not supported.');
  }

  @Get(Object.keys(emptyClusterCollections).map((segment) => `:id/${segment}`))
  @Reads('cluster')
  async empty(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    await this.clusters.get(id);
    return emptyCollection(api, emptyClusterCollections);
  }
}

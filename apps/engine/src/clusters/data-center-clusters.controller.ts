import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { Followers, listsOf } from '../follow/followers';
import { Api, type ApiRequest } from '../http/api-request';
import { Id, Input } from '../http/input';
import { listReply } from '../http/list-reply';
import { type Reply, action, created, ok } from '../http/reply';
import { DataCentersService } from '../data-centers/data-centers.service';
import { Lists, Needs, Reads, on } from '../permissions/access.declarations';
import { type ChangedCluster, type NewClusterBelow, changedCluster, newClusterBelow } from './cluster.input';
import { clusterRepresentation } from './cluster.representation';
import { ClustersService } from './clusters.service';

/** The clusters of a data center: the same as at the top, but no others. */
@Controller('api/datacenters/:dc/clusters')
export class DataCenterClustersController {
  constructor(
    private readonly dataCenters: DataCentersService,
    private readonly clusters: ClustersService,
    followers: Followers,
  ) {
    followers.list('datacenters/clusters', 'clusters', async (ids, { links }) =>
      listsOf(
        await clusters.ofDataCenters(ids),
        ({ dataCenterId }) => dataCenterId,
        (one) => clusterRepresentation(one, links),
      ),
    );
  }

  @Get()
  @Lists('cluster')
  async list(@Id('dc') dc: string, @Api() api: ApiRequest): Promise<Reply> {
    await this.dataCenters.get(dc);
    return listReply('clusters', await this.clusters.listOf(dc), (one) => clusterRepresentation(one, api.links));
  }

  @Post()
  @Needs('create_cluster', on('data_center', 'dc'))
  async add(
    @Id('dc') dc: string,
    @Input({ element: 'cluster', schema: newClusterBelow, method: 'add' }) input: NewClusterBelow,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    const added = await this.clusters.add({ ...input, data_center: { id: dc } }, api.caller.id);
    return created('cluster', clusterRepresentation(added, api.links));
  }

  @Get(':id')
  @Reads('cluster')
  async get(@Id('dc') dc: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('cluster', clusterRepresentation(await this.clusters.getOf(dc, id), api.links));
  }

  @Put(':id')
  @Needs('edit_cluster_configuration', on('cluster'))
  async update(
    @Id('dc') dc: string,
    @Id('id') id: string,
    @Input({ element: 'cluster', schema: changedCluster, method: 'update' }) input: ChangedCluster,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    await this.clusters.getOf(dc, id);
    return ok('cluster', clusterRepresentation(await this.clusters.update(id, input), api.links));
  }

  @Delete(':id')
  @Needs('delete_cluster', on('cluster'))
  async remove(@Id('dc') dc: string, @Id('id') id: string): Promise<Reply> {
    await this.clusters.getOf(dc, id);
    await this.clusters.remove(id);
    return action(null, 'complete');
  }
}

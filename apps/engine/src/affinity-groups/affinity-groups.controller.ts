import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { Followers, listsOf } from '../follow/followers';
import { Api, type ApiRequest } from '../http/api-request';
import { emptyCollection } from '../http/empty-collection';
import { Id, Input } from '../http/input';
import { listReply } from '../http/list-reply';
import { type Reply, action, created, ok } from '../http/reply';
import { Needs, Reads, on } from '../permissions/access.declarations';
import { type ChangedAffinityGroup, type NewAffinityGroup, changedAffinityGroup, newAffinityGroup } from './affinity-group.input';
import { affinityGroupRepresentation, emptyAffinityGroupCollections } from './affinity-group.representation';
import { AffinityGroupsService } from './affinity-groups.service';

/** Which VMs of a cluster are to run together or apart. */
@Controller('api/clusters/:cluster/affinitygroups')
export class AffinityGroupsController {
  constructor(
    private readonly groups: AffinityGroupsService,
    followers: Followers,
  ) {
    followers.list('clusters/affinitygroups', 'affinity_groups', async (ids, { links }) =>
      listsOf(
        await groups.ofClusters(ids),
        ({ clusterId }) => clusterId,
        (one) => affinityGroupRepresentation(one, links),
      ),
    );
    followers.empty('clusters/affinitygroups', emptyAffinityGroupCollections);
  }

  @Get()
  @Reads('cluster', 'cluster')
  async list(@Id('cluster') cluster: string, @Api() api: ApiRequest): Promise<Reply> {
    return listReply('affinity_groups', await this.groups.list(cluster), (one) => affinityGroupRepresentation(one, api.links));
  }

  @Post()
  @Needs('manipulate_affinity_groups', on('cluster', 'cluster'))
  async add(
    @Id('cluster') cluster: string,
    @Input({ element: 'affinity_group', schema: newAffinityGroup, method: 'add' }) input: NewAffinityGroup,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return created('affinity_group', affinityGroupRepresentation(await this.groups.add(cluster, input), api.links));
  }

  @Get(':id')
  @Reads('cluster', 'cluster')
  async get(@Id('cluster') cluster: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('affinity_group', affinityGroupRepresentation(await this.groups.get(cluster, id), api.links));
  }

  @Put(':id')
  @Needs('manipulate_affinity_groups', on('cluster', 'cluster'))
  async update(
    @Id('cluster') cluster: string,
    @Id('id') id: string,
    @Input({ element: 'affinity_group', schema: changedAffinityGroup, method: 'update' }) input: ChangedAffinityGroup,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return ok('affinity_group', affinityGroupRepresentation(await this.groups.update(cluster, id, input), api.links));
  }

  @Delete(':id')
  @Needs('manipulate_affinity_groups', on('cluster', 'cluster'))
  async remove(@Id('cluster') cluster: string, @Id('id') id: string): Promise<Reply> {
    await this.groups.remove(cluster, id);
    return action(null, 'complete');
  }

  @Get(Object.keys(emptyAffinityGroupCollections).map((segment) => `:id/${segment}`))
  @Reads('cluster', 'cluster')
  async empty(@Id('cluster') cluster: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    await this.groups.get(cluster, id);
    return emptyCollection(api, emptyAffinityGroupCollections);
  }
}

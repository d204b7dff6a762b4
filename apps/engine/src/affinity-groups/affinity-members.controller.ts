import { type ReferenceInput, itemOf, reference } from '@clinker/ovirt-api';
import { Controller, Delete, Get, Post, type Type } from '@nestjs/common';
import { Followers, listsOf } from '../follow/followers';
import { Api, type ApiRequest } from '../http/api-request';
import { Id, Input } from '../http/input';
import { listReply } from '../http/list-reply';
import { type Reply, action, created } from '../http/reply';
import { Needs, Reads, on } from '../permissions/access.declarations';
import { affinityMemberRepresentation } from './affinity-group.representation';
import { AffinityMembersService, type MemberKind } from './affinity-members.service';

/** The VMs, or the hosts, of an affinity group. */
function membersController(kind: MemberKind): Type {
  const element = itemOf(kind);

  @Controller(`api/clusters/:cluster/affinitygroups/:group/${kind}`)
  class AffinityMembersController {
    constructor(
      private readonly members: AffinityMembersService,
      followers: Followers,
    ) {
      followers.list(`clusters/affinitygroups/${kind}`, kind, async (ids, { links }) =>
        listsOf(
          await members.ofGroups(kind, ids),
          ({ groupId }) => groupId,
          (one) => affinityMemberRepresentation(kind, one, links),
        ),
      );
    }

    @Get()
    @Reads('cluster', 'cluster')
    async list(@Id('cluster') cluster: string, @Id('group') group: string, @Api() api: ApiRequest): Promise<Reply> {
      const found = await this.members.list(kind, cluster, group);
      return listReply(kind, found, (one) => affinityMemberRepresentation(kind, one, api.links));
    }

    @Post()
    @Needs('manipulate_affinity_groups', on('cluster', 'cluster'))
    async add(
      @Id('cluster') cluster: string,
      @Id('group') group: string,
      @Input({ element, schema: reference, method: 'add' }) input: ReferenceInput,
      @Api() api: ApiRequest,
    ): Promise<Reply> {
      return created(element, affinityMemberRepresentation(kind, await this.members.add(kind, cluster, group, input), api.links));
    }

    @Delete(':id')
    @Needs('manipulate_affinity_groups', on('cluster', 'cluster'))
    async remove(@Id('cluster') cluster: string, @Id('group') group: string, @Id('id') id: string): Promise<Reply> {
      await this.members.remove(kind, cluster, group, id);
      return action(null, 'complete');
    }
  }
  return AffinityMembersController;
}

export const AffinityVmsController = membersController('vms');
export const AffinityHostsController = membersController('hosts');

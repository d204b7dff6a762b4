import { type ReferenceInput, reference } from '@clinker/ovirt-api';
import { Controller, Delete, Get, Post } from '@nestjs/common';
import { Api, type ApiRequest } from '../http/api-request';
import { Id, Input } from '../http/input';
import { listReply } from '../http/list-reply';
import { type Reply, action, created, ok } from '../http/reply';
import { Needs, ReadsPlace, onOwner } from '../permissions/access.declarations';
import { AssignedTagsService, type Tagged } from './assigned-tags.service';
import { TAGGED, type TaggedCollection, assignedTagRepresentation } from './tag.representation';

const COLLECTIONS = Object.keys(TAGGED) as TaggedCollection[];

/** The routes name the collection, so it is one of those that have tags. */
const ownerOf = ({ target }: ApiRequest, id: string): Tagged => {
  const collection = COLLECTIONS.find((segment) => target.path.startsWith(`/${segment}/`)) ?? 'vms';
  return { collection, id };
};

/** The tags of a VM, host, template or user. */
@Controller(COLLECTIONS.map((segment) => `api/${segment}/:owner/tags`))
export class AssignedTagsController {
  constructor(private readonly tags: AssignedTagsService) {}

  @Get()
  @ReadsPlace()
  async list(@Id('owner') id: string, @Api() api: ApiRequest): Promise<Reply> {
    const owner = ownerOf(api, id);
    return listReply('tags', await this.tags.list(owner), (one) => assignedTagRepresentation(one, owner, api.links));
  }

  @Post()
  @Needs('tag_management', onOwner)
  async assign(
    @Id('owner') id: string,
    @Input({ element: 'tag', schema: reference, method: 'add' }) input: ReferenceInput,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    const owner = ownerOf(api, id);
    return created('tag', assignedTagRepresentation(await this.tags.assign(owner, input), owner, api.links));
  }

  @Get(':tag')
  @ReadsPlace()
  async get(@Id('owner') id: string, @Id('tag') tag: string, @Api() api: ApiRequest): Promise<Reply> {
    const owner = ownerOf(api, id);
    return ok('tag', assignedTagRepresentation(await this.tags.get(owner, tag), owner, api.links));
  }

  @Delete(':tag')
  @Needs('tag_management', onOwner)
  async unassign(@Id('owner') id: string, @Id('tag') tag: string, @Api() api: ApiRequest): Promise<Reply> {
    await this.tags.unassign(ownerOf(api, id), tag);
    return action(null, 'complete');
  }
}

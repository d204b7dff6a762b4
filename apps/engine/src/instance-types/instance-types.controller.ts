import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { Followers } from '../follow/followers';
import { Api, type ApiRequest } from '../http/api-request';
import { emptyCollection } from '../http/empty-collection';
import { Id, Input } from '../http/input';
import { listReply } from '../http/list-reply';
import { type Reply, action, created, ok } from '../http/reply';
import { Searches } from '../http/own.parameters';
import { LoggedIn, Needs, onSystem } from '../permissions/access.declarations';
import { listQuery } from '../search/list-query';
import { type ChangedInstanceType, type NewInstanceType, changedInstanceType, newInstanceType } from './instance-type.input';
import { emptyInstanceTypeCollections, instanceTypeRepresentation } from './instance-type.representation';
import { InstanceTypesService } from './instance-types.service';

@Controller('api/instancetypes')
export class InstanceTypesController {
  constructor(
    private readonly types: InstanceTypesService,
    followers: Followers,
  ) {
    followers.empty('instancetypes', emptyInstanceTypeCollections);
  }

  @Get()
  @Searches()
  @LoggedIn()
  async list(@Api() api: ApiRequest): Promise<Reply> {
    const found = await this.types.list(listQuery(api));
    return listReply('instance_types', found, (one) => instanceTypeRepresentation(one, api.links));
  }

  @Post()
  @Needs('create_template', onSystem)
  async add(
    @Input({ element: 'instance_type', schema: newInstanceType, method: 'add' }) input: NewInstanceType,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return created('instance_type', instanceTypeRepresentation(await this.types.add(input), api.links));
  }

  @Get(':id')
  @LoggedIn()
  async get(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('instance_type', instanceTypeRepresentation(await this.types.get(id), api.links));
  }

  @Put(':id')
  @Needs('edit_template_properties', onSystem)
  async update(
    @Id('id') id: string,
    @Input({ element: 'instance_type', schema: changedInstanceType, method: 'update' }) input: ChangedInstanceType,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return ok('instance_type', instanceTypeRepresentation(await this.types.update(id, input), api.links));
  }

  @Delete(':id')
  @Needs('delete_template', onSystem)
  async remove(@Id('id') id: string): Promise<Reply> {
    await this.types.remove(id);
    return action(null, 'complete');
  }

  @Get(Object.keys(emptyInstanceTypeCollections).map((segment) => `:id/${segment}`))
  @LoggedIn()
  async empty(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    await this.types.get(id);
    return emptyCollection(api, emptyInstanceTypeCollections);
  }
}

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
import { Lists, Needs, Reads, on, onSystem } from '../permissions/access.declarations';
import { listQuery } from '../search/list-query';
import { type ChangedDataCenter, type NewDataCenter, changedDataCenter, newDataCenter } from './data-center.input';
import { dataCenterRepresentation, emptyDataCenterCollections } from './data-center.representation';
import { DataCentersService } from './data-centers.service';

@Controller('api/datacenters')
export class DataCentersController {
  constructor(
    private readonly dataCenters: DataCentersService,
    followers: Followers,
  ) {
    followers.objects('datacenters', async (ids, { links }) =>
      (await dataCenters.byIds(ids)).map((one) => dataCenterRepresentation(one, links)),
    );
    followers.empty('datacenters', emptyDataCenterCollections);
  }

  @Get()
  @Searches()
  @Lists('data_center')
  async list(@Api() api: ApiRequest): Promise<Reply> {
    const found = await this.dataCenters.list(listQuery(api));
    return ok(
      'data_centers',
      collection(
        'data_centers',
        found.map((one) => dataCenterRepresentation(one, api.links)),
      ),
    );
  }

  @Post()
  @Needs('create_storage_pool', onSystem)
  async add(
    @Input({ element: 'data_center', schema: newDataCenter, method: 'add' }) input: NewDataCenter,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return created('data_center', dataCenterRepresentation(await this.dataCenters.add(input), api.links));
  }

  @Get(':id')
  @Reads('data_center')
  async get(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('data_center', dataCenterRepresentation(await this.dataCenters.get(id), api.links));
  }

  @Put(':id')
  @Needs('edit_storage_pool_configuration', on('data_center'))
  async update(
    @Id('id') id: string,
    @Input({ element: 'data_center', schema: changedDataCenter, method: 'update' }) input: ChangedDataCenter,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return ok('data_center', dataCenterRepresentation(await this.dataCenters.update(id, input), api.links));
  }

  @Delete(':id')
  @Needs('delete_storage_pool', on('data_center'))
  async remove(@Id('id') id: string): Promise<Reply> {
    await this.dataCenters.remove(id);
    return action(null, 'complete');
  }

  @Action(':id/setmaster')
  @Reads('data_center')
  setMaster(): never {
    throw new UnsupportedError('Cannot set master Storage Domain. Data Centers need no master here.');
  }

  @Action(':id/cleanfinishedtasks')
  @Needs('edit_storage_pool_configuration', on('data_center'))
  async cleanFinishedTasks(@Id('id') id: string): Promise<Reply> {
    await this.dataCenters.get(id);
    return action(null, 'complete');
  }

  @Get(Object.keys(emptyDataCenterCollections).map((segment) => `:id/${segment}`))
  @Reads('data_center')
  async empty(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    await this.dataCenters.get(id);
    return emptyCollection(api, emptyDataCenterCollections);
  }
}

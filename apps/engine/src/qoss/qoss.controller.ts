import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { Api, type ApiRequest } from '../http/api-request';
import { Id, Input } from '../http/input';
import { listReply } from '../http/list-reply';
import { type Reply, action, created, ok } from '../http/reply';
import { Needs, Reads, on } from '../permissions/access.declarations';
import { type ChangedQos, type NewQos, changedQos, newQos } from './qos.input';
import { qosRepresentation } from './qos.representation';
import { QossService } from './qoss.service';

/** The limits of the use of storage in a data center. */
@Controller('api/datacenters/:dc/qoss')
export class QossController {
  constructor(private readonly qoss: QossService) {}

  @Get()
  @Reads('data_center', 'dc')
  async list(@Id('dc') dc: string, @Api() api: ApiRequest): Promise<Reply> {
    return listReply('qoss', await this.qoss.list(dc), (one) => qosRepresentation(one, api.links));
  }

  @Post()
  @Needs('edit_storage_pool_configuration', on('data_center', 'dc'))
  async add(
    @Id('dc') dc: string,
    @Input({ element: 'qos', schema: newQos, method: 'add' }) input: NewQos,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return created('qos', qosRepresentation(await this.qoss.add(dc, input), api.links));
  }

  @Get(':id')
  @Reads('data_center', 'dc')
  async get(@Id('dc') dc: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('qos', qosRepresentation(await this.qoss.get(dc, id), api.links));
  }

  @Put(':id')
  @Needs('edit_storage_pool_configuration', on('data_center', 'dc'))
  async update(
    @Id('dc') dc: string,
    @Id('id') id: string,
    @Input({ element: 'qos', schema: changedQos, method: 'update' }) input: ChangedQos,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return ok('qos', qosRepresentation(await this.qoss.update(dc, id, input), api.links));
  }

  @Delete(':id')
  @Needs('edit_storage_pool_configuration', on('data_center', 'dc'))
  async remove(@Id('dc') dc: string, @Id('id') id: string): Promise<Reply> {
    await this.qoss.remove(dc, id);
    return action(null, 'complete');
  }
}

import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { Api, type ApiRequest } from '../http/api-request';
import { Id, Input } from '../http/input';
import { listReply } from '../http/list-reply';
import { type Reply, action, created, ok } from '../http/reply';
import { Lists, Needs, Reads, on } from '../permissions/access.declarations';
import { type ChangedQuota, type NewQuota, changedQuota, newQuota } from './quota.input';
import { quotaRepresentation } from './quota.representation';
import { QuotasService } from './quotas.service';

/** The quotas of a data center. */
@Controller('api/datacenters/:dc/quotas')
export class QuotasController {
  constructor(private readonly quotas: QuotasService) {}

  @Get()
  @Lists('quota', on('data_center', 'dc'))
  async list(@Id('dc') dc: string, @Api() api: ApiRequest): Promise<Reply> {
    return listReply('quotas', await this.quotas.list(dc), (one) => quotaRepresentation(one, api.links));
  }

  @Post()
  @Needs('configure_quota', on('data_center', 'dc'))
  async add(
    @Id('dc') dc: string,
    @Input({ element: 'quota', schema: newQuota, method: 'add' }) input: NewQuota,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return created('quota', quotaRepresentation(await this.quotas.add(dc, input, api.caller.id), api.links));
  }

  @Get(':id')
  @Reads('quota')
  async get(@Id('dc') dc: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('quota', quotaRepresentation(await this.quotas.get(dc, id), api.links));
  }

  @Put(':id')
  @Needs('configure_quota', on('quota'))
  async update(
    @Id('dc') dc: string,
    @Id('id') id: string,
    @Input({ element: 'quota', schema: changedQuota, method: 'update' }) input: ChangedQuota,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return ok('quota', quotaRepresentation(await this.quotas.update(dc, id, input), api.links));
  }

  @Delete(':id')
  @Needs('configure_quota', on('quota'))
  async remove(@Id('dc') dc: string, @Id('id') id: string): Promise<Reply> {
    await this.quotas.remove(dc, id);
    return action(null, 'complete');
  }
}

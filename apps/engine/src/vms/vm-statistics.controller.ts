import { Controller, Get } from '@nestjs/common';
import { NotFoundError } from '../errors/domain.errors';
import { Api, type ApiRequest } from '../http/api-request';
import { Id } from '../http/input';
import { listReply } from '../http/list-reply';
import { type Reply, ok } from '../http/reply';
import { vmStatistics } from './vm.statistics';
import { VmsService } from './vms.service';

/** The figures of a VM. */
@Controller('api/vms/:vm/statistics')
export class VmStatisticsController {
  constructor(private readonly vms: VmsService) {}

  @Get()
  async list(@Id('vm') vm: string, @Api() api: ApiRequest): Promise<Reply> {
    return listReply(api, 'statistics', vmStatistics(await this.vms.get(vm), api.links), (one) => one);
  }

  @Get(':id')
  async get(@Id('vm') vm: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    const found = vmStatistics(await this.vms.get(vm), api.links).find((one) => one.id === id);
    if (!found) throw new NotFoundError('Statistic', id);
    return ok('statistic', found);
  }
}

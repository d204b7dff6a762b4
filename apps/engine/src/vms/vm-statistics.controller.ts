import { Controller, Get } from '@nestjs/common';
import { NotFoundError } from '../errors/domain.errors';
import { Followers } from '../follow/followers';
import { Api, type ApiRequest } from '../http/api-request';
import { Id } from '../http/input';
import { listReply } from '../http/list-reply';
import { type Reply, ok } from '../http/reply';
import { Reads } from '../permissions/access.declarations';
import { vmStatistics } from './vm.statistics';
import { VmsService } from './vms.service';

/** The figures of a VM. */
@Controller('api/vms/:vm/statistics')
@Reads('vm', 'vm')
export class VmStatisticsController {
  constructor(
    private readonly vms: VmsService,
    followers: Followers,
  ) {
    followers.list('vms/statistics', 'statistics', async (ids, { links }) => {
      const found = await vms.byIds(ids);
      return new Map(found.map((vm) => [vm.id, vmStatistics(vm, links)]));
    });
  }

  @Get()
  async list(@Id('vm') vm: string, @Api() api: ApiRequest): Promise<Reply> {
    return listReply('statistics', vmStatistics(await this.vms.get(vm), api.links), (one) => one);
  }

  @Get(':id')
  async get(@Id('vm') vm: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    const found = vmStatistics(await this.vms.get(vm), api.links).find((one) => one.id === id);
    if (!found) throw new NotFoundError('Statistic', id);
    return ok('statistic', found);
  }
}

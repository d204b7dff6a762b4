import { Controller, Get } from '@nestjs/common';
import type { WireObject } from '@clinker/ovirt-api';
import { NotFoundError } from '../errors/domain.errors';
import { Followers } from '../follow/followers';
import { GuestMeasuresClient } from '../hosts/guest-measures.client';
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
    private readonly measures: GuestMeasuresClient,
    followers: Followers,
  ) {
    followers.list('vms/statistics', 'statistics', async (ids, { links }) => {
      const found = await vms.byIds(ids);
      const measured = await measures.ofVms(found);
      return new Map(found.map((vm) => [vm.id, vmStatistics(vm, links, measured.get(vm.id))]));
    });
  }

  @Get()
  async list(@Id('vm') vm: string, @Api() api: ApiRequest): Promise<Reply> {
    return listReply('statistics', await this.of(vm, api), (one) => one);
  }

  @Get(':id')
  async get(@Id('vm') vm: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    const found = (await this.of(vm, api)).find((one) => one.id === id);
    if (!found) throw new NotFoundError('Statistic', id);
    return ok('statistic', found);
  }

  private async of(id: string, { links }: ApiRequest): Promise<(WireObject & { id: string })[]> {
    const vm = await this.vms.get(id);
    const measured = await this.measures.ofVms([vm]);
    return vmStatistics(vm, links, measured.get(id));
  }
}

import { Controller, Get } from '@nestjs/common';
import { Followers } from '../follow/followers';
import { Api, type ApiRequest } from '../http/api-request';
import { emptyCollection } from '../http/empty-collection';
import { Id } from '../http/input';
import type { Reply } from '../http/reply';
import { Reads } from '../permissions/access.declarations';
import { VM_PARTS } from './vm.representation';
import { VmsService } from './vms.service';

const PARTS = Object.keys(VM_PARTS);

/** Sub-collections that clients read of every VM, and that are empty or hold one fixed thing here. */
@Controller('api/vms/:id')
export class VmPartsController {
  constructor(
    private readonly vms: VmsService,
    followers: Followers,
  ) {
    followers.empty('vms', VM_PARTS, { backups: '', checkpoints: '', numanodes: 'host_numa_nodes' });
  }

  @Get(PARTS)
  @Reads('vm')
  async list(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    await this.vms.get(id);
    return emptyCollection(api, VM_PARTS);
  }
}

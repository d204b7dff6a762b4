import { Controller } from '@nestjs/common';
import { Api, type ApiRequest } from '../http/api-request';
import { Id } from '../http/input';
import { type Reply, action } from '../http/reply';
import { Action } from '../http/action.route';
import { ServiceChecks } from '../permissions/access.declarations';
import { VmPoolDetachment } from './vm-pool-detachment.service';

/** VMs as members of their pools. */
@Controller('api/vms/:id')
export class VmPoolMembersController {
  constructor(private readonly detachment: VmPoolDetachment) {}

  @Action('detach')
  @ServiceChecks('edit_vm_pool_configuration')
  async detach(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    await this.detachment.detach(id, api.caller.id);
    return action(null, 'complete');
  }
}

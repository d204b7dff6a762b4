import { Controller } from '@nestjs/common';
import { Api, type ApiRequest } from '../http/api-request';
import { Id, Input } from '../http/input';
import { type Reply, action } from '../http/reply';
import { Action } from '../http/action.route';
import { originOf } from '../http/request-origin';
import { Needs, on } from '../permissions/access.declarations';
import { VmSuspensionService } from './vm-suspension.service';
import { actionSchema } from './vm.input';

/** Suspends VMs; a start lets them go on. */
@Controller('api/vms/:id')
export class VmSuspensionController {
  constructor(private readonly suspensions: VmSuspensionService) {}

  @Action('suspend')
  @Needs('hibernate_vm', on('vm'))
  async suspend(
    @Id('id') id: string,
    @Input({ element: 'action', schema: actionSchema, method: 'suspend' }) _input: unknown,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    const operationId = await this.suspensions.suspend(id, originOf(api));
    return action(api.links.reference('jobs', operationId), 'complete');
  }
}

import { Controller } from '@nestjs/common';
import { UnsupportedError } from '../errors/domain.errors';
import { Api, type ApiRequest } from '../http/api-request';
import { Id, Input } from '../http/input';
import { type Reply, action } from '../http/reply';
import { Action } from '../http/reply.interceptor';
import { originOf } from '../http/request-origin';
import { Needs, Reads, on } from '../permissions/access.declarations';
import { VmPowerService } from './vm-power.service';
import { type StartVm, actionSchema, startSchema } from './vm.input';
import { VM_ACTIONS } from './vm.representation';
import { VmsService } from './vms.service';

const [, , , ...UNSUPPORTED_ACTIONS] = VM_ACTIONS;
const done = (operationId: string, api: ApiRequest): Reply => action(api.links.reference('jobs', operationId), 'complete');

@Controller('api/vms/:id')
export class VmActionsController {
  constructor(
    private readonly vms: VmsService,
    private readonly power: VmPowerService,
  ) {}

  @Action('start')
  @Needs('run_vm', on('vm'))
  async start(
    @Id('id') id: string,
    @Input({ element: 'action', schema: startSchema, method: 'start' }) input: StartVm,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return done(await this.power.start(id, input, originOf(api)), api);
  }

  @Action('stop')
  @Needs('stop_vm', on('vm'))
  async stop(
    @Id('id') id: string,
    @Input({ element: 'action', schema: actionSchema, method: 'stop' }) _input: unknown,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return done(await this.power.stop(id, originOf(api)), api);
  }

  @Action('shutdown')
  @Needs('shut_down_vm', on('vm'))
  async shutDown(
    @Id('id') id: string,
    @Input({ element: 'action', schema: actionSchema, method: 'shutdown' }) _input: unknown,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return done(await this.power.shutDown(id, originOf(api)), api);
  }

  @Action([...UNSUPPORTED_ACTIONS])
  @Reads('vm')
  async refuse(@Id('id') id: string, @Api() api: ApiRequest): Promise<never> {
    const { name } = await this.vms.get(id);
    throw new UnsupportedError(`Cannot ${api.target.path.split('/').at(-1) ?? ''} VM ${name}. Clinker does not support this action.`);
  }
}

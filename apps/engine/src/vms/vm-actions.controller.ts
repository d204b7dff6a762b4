import { Controller } from '@nestjs/common';
import { UnsupportedError } from '../errors/domain.errors';
import { Api, type ApiRequest } from '../http/api-request';
import { Id, Input } from '../http/input';
import { type Reply, action, withMembers } from '../http/reply';
import { Action } from '../http/action.route';
import { originOf } from '../http/request-origin';
import { Needs, Reads, ServiceChecks, on } from '../permissions/access.declarations';
import { VmPowerService } from './vm-power.service';
import { VmAccess } from './vm.access';
import { VmAdder } from './vm-adder.service';
import { type CloneVm, type StartVm, actionSchema, cloneSchema, startSchema } from './vm.input';
import { VM_ACTIONS } from './vm.representation';
import { VmsService } from './vms.service';

/** These work, here or in the controllers of what they are about; the others say that they do not. */
const WORKING: readonly string[] = [
  'start',
  'stop',
  'shutdown',
  'suspend',
  'reboot',
  'reset',
  'clone',
  'detach',
  'previewsnapshot',
  'undosnapshot',
  'commitsnapshot',
  'ticket',
];

const UNSUPPORTED_ACTIONS = VM_ACTIONS.filter((name) => !WORKING.includes(name));
const done = (operationId: string | undefined, api: ApiRequest): Reply =>
  action(operationId === undefined ? null : api.links.reference('jobs', operationId), 'complete');

@Controller('api/vms/:id')
export class VmActionsController {
  constructor(
    private readonly vms: VmsService,
    private readonly power: VmPowerService,
    private readonly adder: VmAdder,
    private readonly access: VmAccess,
  ) {}

  @Action('start')
  @Needs('run_vm', on('vm'))
  async start(
    @Id('id') id: string,
    @Input({ element: 'action', schema: startSchema, method: 'start' }) input: StartVm,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    await this.access.requireRunOnce(id, input, api.caller.id);
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

  @Action('reboot')
  @Needs('reboot_vm', on('vm'))
  async reboot(
    @Id('id') id: string,
    @Input({ element: 'action', schema: actionSchema, method: 'reboot' }) _input: unknown,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return done(await this.power.restart(id, 'reboot', originOf(api)), api);
  }

  @Action('reset')
  @Needs('reset_vm', on('vm'))
  async reset(
    @Id('id') id: string,
    @Input({ element: 'action', schema: actionSchema, method: 'reset' }) _input: unknown,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return done(await this.power.restart(id, 'reset', originOf(api)), api);
  }

  @Action('clone')
  @ServiceChecks('create_vm', 'create_disk')
  async clone(
    @Id('id') id: string,
    @Input({ element: 'action', schema: cloneSchema, method: 'clone' }) { vm }: CloneVm,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    await this.access.requireClone(id, api.caller.id);
    const clone = await this.adder.clone(id, vm.name, originOf(api), false);
    return withMembers(action(null, 'complete'), { vm: api.links.reference('vms', clone.id) });
  }

  @Action(UNSUPPORTED_ACTIONS)
  @Reads('vm')
  async refuse(@Id('id') id: string, @Api() api: ApiRequest): Promise<never> {
    const { name } = await this.vms.get(id);
    throw new UnsupportedError(`Cannot ${api.target.path.split('/').at(-1) ?? ''} VM ${name}. Clinker does not support this action.`);
  }
}

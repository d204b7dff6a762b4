import { type WireObject, type Links } from '@clinker/ovirt-api';
import type { GuestDevice } from '@clinker/agent-protocol';
import { Controller, Get, Param } from '@nestjs/common';
import { NotFoundError } from '../errors/domain.errors';
import { Followers } from '../follow/followers';
import { Api, type ApiRequest } from '../http/api-request';
import { Id } from '../http/input';
import { listReply } from '../http/list-reply';
import { type Reply, ok } from '../http/reply';
import { Reads } from '../permissions/access.declarations';
import { reportedDevice } from './guest.representation';
import { ReportedDevicesService } from './reported-devices.service';

const all = (vmId: string, devices: readonly GuestDevice[], links: Links): (WireObject & { id: string })[] =>
  devices.map((one) => reportedDevice(vmId, one, links));

/** What the guest of a VM reports of its network interfaces: where clients look for its addresses. */
@Controller('api/vms/:vm')
export class ReportedDevicesController {
  constructor(
    private readonly devices: ReportedDevicesService,
    followers: Followers,
  ) {
    followers.list('vms/reporteddevices', 'reported_devices', async (ids, { links }) => {
      const found = [...(await devices.ofVms(ids))];
      return new Map(found.map(([vmId, reported]) => [vmId, all(vmId, reported, links)]));
    });
    followers.list('vms/nics/reporteddevices', 'reported_devices', async (ids, { links }) => {
      const found = [...(await devices.ofNics(ids))];
      return new Map(found.map(([nicId, { vmId, devices: reported }]) => [nicId, all(vmId, reported, links)]));
    });
  }

  @Get('reporteddevices')
  @Reads('vm', 'vm')
  list(@Id('vm') vm: string, @Api() api: ApiRequest): Promise<Reply> {
    return this.reply(api, vm);
  }

  @Get('reporteddevices/:id')
  @Reads('vm', 'vm')
  get(@Id('vm') vm: string, @Param('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return this.one(api, id, vm);
  }

  @Get('nics/:nic/reporteddevices')
  @Reads('vm', 'vm')
  listOfNic(@Id('vm') vm: string, @Id('nic') nic: string, @Api() api: ApiRequest): Promise<Reply> {
    return this.reply(api, vm, nic);
  }

  @Get('nics/:nic/reporteddevices/:id')
  @Reads('vm', 'vm')
  getOfNic(@Id('vm') vm: string, @Id('nic') nic: string, @Param('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return this.one(api, id, vm, nic);
  }

  private async reply(api: ApiRequest, vm: string, nic?: string): Promise<Reply> {
    return listReply('reported_devices', await this.devices.list(vm, nic), (one) => reportedDevice(vm, one, api.links));
  }

  private async one(api: ApiRequest, id: string, vm: string, nic?: string): Promise<Reply> {
    const found = all(vm, await this.devices.list(vm, nic), api.links).find((one) => one.id === id);
    if (!found) throw new NotFoundError('Reported Device', id);
    return ok('reported_device', found);
  }
}

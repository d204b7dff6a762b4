import { type Links, type WireObject, wireObject, wireString } from '@clinker/ovirt-api';
import { Controller, Get, Param, Post, Put } from '@nestjs/common';
import { NotFoundError, UnsupportedError } from '../errors/domain.errors';
import { Followers } from '../follow/followers';
import { Api, type ApiRequest } from '../http/api-request';
import { Id, Input } from '../http/input';
import { listReply } from '../http/list-reply';
import { type Reply, ok } from '../http/reply';
import { Needs, Reads, on } from '../permissions/access.declarations';
import { VmsService } from './vms.service';

/** oVirt's id of the one drive that every VM has. */
const DRIVE_ID = '00000000-0000-0000-0000-000000000000';

const changedDrive = wireObject({ file: wireObject({ id: wireString.optional(), name: wireString.optional() }).optional() });

const drive = (vmId: string, links: Links): WireObject => ({
  ...links.reference(`vms/${vmId}/cdroms`, DRIVE_ID),
  vm: links.reference('vms', vmId),
});

/** The CD drive of a VM. There are no images to put into it, so it is empty: clients read it of every VM and empty it. */
@Controller('api/vms/:vm/cdroms')
export class VmCdromsController {
  constructor(
    private readonly vms: VmsService,
    followers: Followers,
  ) {
    followers.list('vms/cdroms', 'cdroms', (ids, { links }) => Promise.resolve(new Map(ids.map((id) => [id, [drive(id, links)]]))));
  }

  @Get()
  @Reads('vm', 'vm')
  async list(@Id('vm') vm: string, @Api() api: ApiRequest): Promise<Reply> {
    const { id } = await this.vms.get(vm);
    return listReply('cdroms', [drive(id, api.links)], (one) => one);
  }

  @Post()
  @Reads('vm', 'vm')
  async add(@Id('vm') vm: string): Promise<never> {
    return this.refuse(vm);
  }

  @Get(':id')
  @Reads('vm', 'vm')
  async get(@Id('vm') vm: string, @Param('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return this.shown(vm, id, api);
  }

  @Put(':id')
  @Needs('change_vm_cd', on('vm', 'vm'))
  async update(
    @Id('vm') vm: string,
    @Param('id') id: string,
    @Input({ element: 'cdrom', schema: changedDrive, method: 'update' }) { file }: { file?: { id?: string | undefined } | undefined },
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    const shown = await this.shown(vm, id, api);
    return file?.id ? this.refuse(vm) : shown;
  }

  private async shown(vm: string, id: string, api: ApiRequest): Promise<Reply> {
    await this.vms.get(vm);
    if (id !== DRIVE_ID) throw new NotFoundError('CDROM', id);
    return ok('cdrom', drive(vm, api.links));
  }

  private async refuse(vm: string): Promise<never> {
    const { name } = await this.vms.get(vm);
    throw new UnsupportedError(`Cannot change the CD of VM ${name}. There are no images of CDs.`);
  }
}

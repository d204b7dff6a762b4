import { Controller, Delete, Get, Post } from '@nestjs/common';
import { NotFoundError } from '../errors/domain.errors';
import { Followers, listsOf } from '../follow/followers';
import { Api, type ApiRequest } from '../http/api-request';
import { emptyCollection } from '../http/empty-collection';
import { Id, Input } from '../http/input';
import { listReply } from '../http/list-reply';
import { type Reply, accepted, action, created, ok } from '../http/reply';
import { Action } from '../http/action.route';
import { originOf } from '../http/request-origin';
import { Needs, Reads, on } from '../permissions/access.declarations';
import { type NewSnapshot, type RestoreInput, newSnapshot, restoreSchema } from './snapshot.input';
import { diskInSnapshotRepresentation, nicInSnapshotRepresentation, snapshotRepresentation } from './snapshot.representation';
import { SnapshotsService } from './snapshots.service';

/** The snapshots of a VM. */
@Controller('api/vms/:vm/snapshots')
export class SnapshotsController {
  constructor(
    private readonly snapshots: SnapshotsService,
    followers: Followers,
  ) {
    followers.list('vms/snapshots', 'snapshots', async (ids, { links }) =>
      listsOf(
        await snapshots.ofVms(ids),
        ({ vmId }) => vmId,
        (one) => snapshotRepresentation(one, links),
      ),
    );
  }

  @Get()
  @Reads('vm', 'vm')
  async list(@Id('vm') vm: string, @Api() api: ApiRequest): Promise<Reply> {
    return listReply('snapshots', await this.snapshots.list(vm), (one) => snapshotRepresentation(one, api.links));
  }

  @Post()
  @Needs('manipulate_vm_snapshots', on('vm', 'vm'))
  async add(
    @Id('vm') vm: string,
    @Input({ element: 'snapshot', schema: newSnapshot, method: 'add' }) input: NewSnapshot,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    const snapshot = await this.snapshots.add(vm, input, originOf(api), api.expectCreated);
    const reply = snapshot.status === 'ok' ? created : accepted;
    return reply('snapshot', snapshotRepresentation(snapshot, api.links));
  }

  @Get(':id')
  @Reads('vm', 'vm')
  async get(@Id('vm') vm: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('snapshot', snapshotRepresentation(await this.snapshots.get(vm, id), api.links));
  }

  @Delete(':id')
  @Needs('manipulate_vm_snapshots', on('vm', 'vm'))
  async remove(@Id('vm') vm: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return action(api.links.reference('jobs', await this.snapshots.remove(vm, id, originOf(api))), 'pending');
  }

  @Action(':id/restore')
  @Needs('manipulate_vm_snapshots', on('vm', 'vm'))
  async restore(
    @Id('vm') vm: string,
    @Id('id') id: string,
    @Input({ element: 'action', schema: restoreSchema, method: 'restore' }) input: RestoreInput,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return action(api.links.reference('jobs', await this.snapshots.restore(vm, id, input, originOf(api))), 'pending');
  }

  @Get(':id/disks')
  @Reads('vm', 'vm')
  async disks(@Id('vm') vm: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    const path = `vms/${vm}/snapshots/${id}/disks`;
    return listReply('disks', await this.snapshots.disks(vm, id), (one) => diskInSnapshotRepresentation(one, path, api.links));
  }

  @Get(':id/disks/:disk')
  @Reads('vm', 'vm')
  async disk(@Id('vm') vm: string, @Id('id') id: string, @Id('disk') diskId: string, @Api() api: ApiRequest): Promise<Reply> {
    const found = (await this.snapshots.disks(vm, id)).find(({ disk }) => disk.id === diskId);
    if (!found) throw new NotFoundError('Disk', diskId);
    return ok('disk', diskInSnapshotRepresentation(found, `vms/${vm}/snapshots/${id}/disks`, api.links));
  }

  @Get(':id/nics')
  @Reads('vm', 'vm')
  async nics(@Id('vm') vm: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return listReply('nics', await this.snapshots.nics(vm, id), (one) => nicInSnapshotRepresentation(one, id, api.links));
  }

  @Get(':id/nics/:nic')
  @Reads('vm', 'vm')
  async nic(@Id('vm') vm: string, @Id('id') id: string, @Id('nic') nicId: string, @Api() api: ApiRequest): Promise<Reply> {
    const found = (await this.snapshots.nics(vm, id)).find((one) => one.id === nicId);
    if (!found) throw new NotFoundError('Interface', nicId);
    return ok('nic', nicInSnapshotRepresentation(found, id, api.links));
  }

  @Get(':id/cdroms')
  @Reads('vm', 'vm')
  async cdroms(@Id('vm') vm: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    await this.snapshots.get(vm, id);
    return emptyCollection(api, { cdroms: 'cdroms' });
  }
}

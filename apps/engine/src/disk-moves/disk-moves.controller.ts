import { Controller } from '@nestjs/common';
import { DiskAccess } from '../disks/disk.access';
import { Api, type ApiRequest } from '../http/api-request';
import { Id, Input } from '../http/input';
import { type Reply, action, withMembers } from '../http/reply';
import { Action } from '../http/action.route';
import { originOf } from '../http/request-origin';
import { Needs, on } from '../permissions/access.declarations';
import { type DiskMove, diskMove } from './disk-move.input';
import { DiskMovesService } from './disk-moves.service';

/** Clients name the profile in either of two places. */
const withProfile = (input: DiskMove): DiskMove => ({ ...input, disk_profile: input.disk_profile ?? input.disk?.disk_profile });

/** The way of disks from one place to another. Both answer at once; the job tells how far they are. */
@Controller(['api/disks', 'api/storagedomains/:domain/disks', 'api/datacenters/:dc/storagedomains/:domain/disks'])
export class DiskMovesController {
  constructor(
    private readonly moves: DiskMovesService,
    private readonly access: DiskAccess,
  ) {}

  @Action(':id/move')
  @Needs('configure_disk_storage', on('disk'))
  async move(
    @Id('id') id: string,
    @Input({ element: 'action', schema: diskMove, method: 'move' }) input: DiskMove,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    const wanted = await this.access.requireMove(withProfile(input), api.caller.id);
    const operation = await this.moves.move(id, wanted, originOf(api));
    return action(api.links.reference('jobs', operation.id), 'pending');
  }

  @Action(':id/copy')
  @Needs('configure_disk_storage', on('disk'))
  async copy(
    @Id('id') id: string,
    @Input({ element: 'action', schema: diskMove, method: 'copy' }) input: DiskMove,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    const place = input.storage_domain ? {} : await this.access.placeOf(id);
    const wanted = await this.access.requireCreate({ ...withProfile(input), ...place }, api.caller.id);
    const { operation, diskId } = await this.moves.copy(id, wanted, originOf(api));
    const reply = action(api.links.reference('jobs', operation.id), 'pending');
    return withMembers(reply, { disk: api.links.reference('disks', diskId) });
  }
}

import { Controller, Delete, Get } from '@nestjs/common';
import { Api, type ApiRequest } from '../http/api-request';
import { Id } from '../http/input';
import { listReply } from '../http/list-reply';
import { type Reply, action, ok } from '../http/reply';
import { originOf } from '../http/request-origin';
import { Reads, ServiceChecks } from '../permissions/access.declarations';
import { DiskSnapshotsService } from './disk-snapshots.service';
import { diskSnapshotRepresentation } from './snapshot.representation';

/** What snapshots have of the disks of a storage domain, and of one disk. */
@Controller('api')
export class DiskSnapshotsController {
  constructor(private readonly snapshots: DiskSnapshotsService) {}

  @Get('storagedomains/:id/disksnapshots')
  @Reads('storage_domain')
  async ofDomain(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    const path = `storagedomains/${id}/disksnapshots`;
    return listReply('disk_snapshots', await this.snapshots.ofDomain(id), (one) => diskSnapshotRepresentation(one, path, api.links));
  }

  @Get('storagedomains/:id/disksnapshots/:snapshot')
  @Reads('storage_domain')
  async oneOfDomain(@Id('id') id: string, @Id('snapshot') snapshotId: string, @Api() api: ApiRequest): Promise<Reply> {
    const found = this.snapshots.one(await this.snapshots.ofDomain(id), snapshotId);
    return ok('disk_snapshot', diskSnapshotRepresentation(found, `storagedomains/${id}/disksnapshots`, api.links));
  }

  @Delete('storagedomains/:id/disksnapshots/:snapshot')
  @ServiceChecks('manipulate_vm_snapshots')
  async remove(@Id('id') id: string, @Id('snapshot') snapshotId: string, @Api() api: ApiRequest): Promise<Reply> {
    return action(api.links.reference('jobs', await this.snapshots.remove(id, snapshotId, originOf(api))), 'pending');
  }

  @Get('disks/:id/disksnapshots')
  @Reads('disk')
  async ofDisk(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    const path = `disks/${id}/disksnapshots`;
    return listReply('disk_snapshots', await this.snapshots.ofDisk(id), (one) => diskSnapshotRepresentation(one, path, api.links));
  }

  @Get('disks/:id/disksnapshots/:snapshot')
  @Reads('disk')
  async oneOfDisk(@Id('id') id: string, @Id('snapshot') snapshotId: string, @Api() api: ApiRequest): Promise<Reply> {
    const found = this.snapshots.one(await this.snapshots.ofDisk(id), snapshotId);
    return ok('disk_snapshot', diskSnapshotRepresentation(found, `disks/${id}/disksnapshots`, api.links));
  }
}

import { collection } from '@clinker/ovirt-api';
import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { UnsupportedError } from '../errors/domain.errors';
import { Followers, type LoadLists, listsOf } from '../follow/followers';
import { Api, type ApiRequest, flag } from '../http/api-request';
import { Id, Input } from '../http/input';
import { type Reply, accepted, action, created, ok } from '../http/reply';
import { Action } from '../http/reply.interceptor';
import { originOf } from '../http/request-origin';
import { Lists, Needs, Reads, on } from '../permissions/access.declarations';
import { listQuery } from '../search/list-query';
import { DiskAccess } from './disk.access';
import { type ChangedDisk, type NewDisk, changedDisk, newDisk } from './disk.input';
import { DISK_ACTIONS, diskRepresentation } from './disk.representation';
import { DisksService } from './disks.service';

const refuseUnregistered = (api: ApiRequest): void => {
  if (flag(api, 'unregistered')) throw new UnsupportedError('Volumes that are no disks yet can be neither listed nor registered.');
};

/** The disks of one storage domain: the same disks as in `/disks`. */
@Controller(['api/storagedomains/:domain/disks', 'api/datacenters/:dc/storagedomains/:domain/disks'])
export class StorageDomainDisksController {
  constructor(
    private readonly disks: DisksService,
    private readonly access: DiskAccess,
    followers: Followers,
  ) {
    const load: LoadLists = async (ids, { links }) =>
      listsOf(
        await disks.ofStorageDomains(ids),
        ({ storageDomainId }) => storageDomainId,
        (one) => diskRepresentation(one, links),
      );
    followers.list('storagedomains/disks', 'disks', load);
    followers.list('datacenters/storagedomains/disks', 'disks', load);
  }

  @Get()
  @Lists('disk')
  async list(@Id('domain') domainId: string, @Api() api: ApiRequest): Promise<Reply> {
    refuseUnregistered(api);
    const disks = await this.disks.listOf(domainId, listQuery(api));
    return ok(
      'disks',
      collection(
        'disks',
        disks.map((disk) => diskRepresentation(disk, api.links)),
      ),
    );
  }

  @Post()
  @Needs('create_disk', on('storage_domain', 'domain'))
  async add(
    @Id('domain') domainId: string,
    @Input({ element: 'disk', schema: newDisk, method: 'add' }) input: NewDisk,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    refuseUnregistered(api);
    await this.access.requireCreate({ ...input, storage_domain: { id: domainId } }, api.caller.id);
    const disk = await this.disks.add({ ...input, storage_domain: { id: domainId } }, originOf(api), api.expectCreated);
    const reply = disk.status === 'ok' ? created : accepted;
    return reply('disk', diskRepresentation(disk, api.links));
  }

  @Get(':id')
  @Reads('disk')
  async get(@Id('domain') domainId: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('disk', diskRepresentation(await this.disks.getOf(domainId, id), api.links));
  }

  @Put(':id')
  @Needs('edit_disk_properties', on('disk'))
  async update(
    @Id('domain') domainId: string,
    @Id('id') id: string,
    @Input({ element: 'disk', schema: changedDisk, method: 'update' }) input: ChangedDisk,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    await this.disks.getOf(domainId, id);
    await this.access.requireChange(id, input, api.caller.id);
    return ok('disk', diskRepresentation(await this.disks.changes.update(id, input, originOf(api)), api.links));
  }

  @Delete(':id')
  @Needs('delete_disk', on('disk'))
  async remove(@Id('domain') domainId: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    await this.disks.getOf(domainId, id);
    const operation = await this.disks.remove(id, originOf(api));
    const status = flag(api, 'async') ? 'pending' : await this.disks.removed(operation);
    return action(api.links.reference('jobs', operation.id), status === 'finished' ? 'complete' : 'pending');
  }

  @Action([...DISK_ACTIONS, 'register'].map((name) => `:id/${name}`))
  @Reads('disk')
  unsupported(): never {
    throw new UnsupportedError('Cannot do this with Virtual Disk. The action is not supported for Cinder disks.');
  }
}

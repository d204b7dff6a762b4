import { collection } from '@clinker/ovirt-api';
import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { IncompleteInputError, UnsupportedError } from '../errors/domain.errors';
import { Followers, type LoadLists, listsOf } from '../follow/followers';
import { Api, type ApiRequest, flag } from '../http/api-request';
import { Id, Input } from '../http/input';
import { type Reply, accepted, action, created, ok } from '../http/reply';
import { Action } from '../http/action.route';
import { Searches, Takes } from '../http/own.parameters';
import { originOf } from '../http/request-origin';
import { Lists, Needs, Reads, on } from '../permissions/access.declarations';
import { listQuery } from '../search/list-query';
import { DiskAccess } from './disk.access';
import { type ChangedDisk, type EnclosedDisk, changedDisk, enclosedDisk } from './disk.input';
import { UNSUPPORTED_DISK_ACTIONS, diskRepresentation } from './disk.representation';
import { wholeDisk } from './disk.rules';
import { DisksService } from './disks.service';
import { unregisteredDiskRepresentation } from './unregistered-disk.representation';
import { UnregisteredDisksService } from './unregistered-disks.service';

/** The disks of one storage domain: the same disks as in `/disks`. */
@Controller(['api/storagedomains/:domain/disks', 'api/datacenters/:dc/storagedomains/:domain/disks'])
export class StorageDomainDisksController {
  constructor(
    private readonly disks: DisksService,
    private readonly access: DiskAccess,
    private readonly unregistered: UnregisteredDisksService,
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
  @Searches()
  @Takes({ unregistered: 'Whether the volumes are listed that are not ours, in the place of our disks.' })
  @Lists('disk')
  async list(@Id('domain') domainId: string, @Api() api: ApiRequest): Promise<Reply> {
    if (flag(api, 'unregistered')) return this.listUnregistered(domainId, api);
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
  @Takes({
    unregistered: 'Whether a volume that is there is registered, in the place of a new one.',
    all: 'Whether all that a search finds are registered.',
  })
  @Needs('create_disk', on('storage_domain', 'domain'))
  async add(
    @Id('domain') domainId: string,
    @Input({ element: 'disk', schema: enclosedDisk, method: 'register' }) input: EnclosedDisk,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    if (flag(api, 'unregistered')) return this.register(domainId, input, api);
    const asked = { ...wholeDisk(input), storage_domain: { id: domainId } };
    const wanted = await this.access.requireCreate(asked, api.caller.id);
    const disk = await this.disks.add(wanted, originOf(api), api.expectCreated);
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
  @Takes({ async: 'Whether the answer comes before the end.', unregister: 'Whether the volume stays, and only is ours no more.' })
  @Needs('delete_disk', on('disk'))
  async remove(@Id('domain') domainId: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    await this.disks.getOf(domainId, id);
    if (flag(api, 'unregister')) return this.unregister(id, api);
    const operation = await this.disks.remove(id, originOf(api));
    const status = flag(api, 'async') ? 'pending' : await this.disks.removed(operation);
    return action(api.links.reference('jobs', operation.id), status === 'finished' ? 'complete' : 'pending');
  }

  @Action(':id/register')
  @Needs('create_disk', on('storage_domain', 'domain'))
  async registerOne(@Id('domain') domainId: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    await this.unregistered.register(domainId, id, {}, originOf(api));
    return action(null, 'complete');
  }

  @Action(UNSUPPORTED_DISK_ACTIONS.map((name) => `:id/${name}`))
  @Reads('disk')
  unsupported(): never {
    throw new UnsupportedError('Cannot do this with Virtual Disk. The action is not supported for Cinder disks.');
  }

  /** They are nobody's yet: who may make disks in the domain sees all of them. */
  private async listUnregistered(domainId: string, api: ApiRequest): Promise<Reply> {
    await this.access.requireCreate({ storage_domain: { id: domainId } }, api.caller.id);
    if (api.viewer) api.viewer.applied = true;
    const found = await this.unregistered.list(domainId, listQuery(api));
    const shown = found.map((one) => unregisteredDiskRepresentation(one, domainId, api.links));
    return ok('disks', collection('disks', shown));
  }

  private async register(domainId: string, input: EnclosedDisk, api: ApiRequest): Promise<Reply> {
    if (flag(api, 'all')) {
      const disks = await this.unregistered.registerAll(domainId, listQuery(api), originOf(api));
      const shown = disks.map((disk) => diskRepresentation(disk, api.links));
      return ok('disks', collection('disks', shown));
    }
    if (input.id === undefined) throw new IncompleteInputError('Disk [id] required for register');
    const disk = await this.unregistered.register(domainId, input.id, input, originOf(api));
    const reply = disk.status === 'ok' ? created : accepted;
    return reply('disk', diskRepresentation(disk, api.links));
  }

  private async unregister(id: string, api: ApiRequest): Promise<Reply> {
    const { jobId, status } = await this.unregistered.unregister(id, originOf(api));
    return action(api.links.reference('jobs', jobId), status === 'finished' ? 'complete' : 'pending');
  }
}

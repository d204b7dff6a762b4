import { type WireObject, collection } from '@clinker/ovirt-api';
import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { NotFoundError, UnsupportedError } from '../errors/domain.errors';
import { Followers } from '../follow/followers';
import { GuestMeasuresClient } from '../hosts/guest-measures.client';
import { Api, type ApiRequest, flag } from '../http/api-request';
import { Id, Input } from '../http/input';
import { type Reply, accepted, action, created, ok } from '../http/reply';
import { Action } from '../http/action.route';
import { Searches, Takes } from '../http/own.parameters';
import { originOf } from '../http/request-origin';
import { Lists, Needs, Reads, ServiceChecks, on } from '../permissions/access.declarations';
import { listQuery } from '../search/list-query';
import { DiskAccess } from './disk.access';
import { type ChangedDisk, type NewDisk, changedDisk, newDisk } from './disk.input';
import { UNSUPPORTED_DISK_ACTIONS, diskListRepresentation, diskRepresentation, diskStatistics } from './disk.representation';
import { DisksService } from './disks.service';

@Controller('api/disks')
export class DisksController {
  constructor(
    private readonly disks: DisksService,
    private readonly access: DiskAccess,
    private readonly measures: GuestMeasuresClient,
    followers: Followers,
  ) {
    followers.objects('disks', async (ids, { links }) => (await disks.byIds(ids)).map((one) => diskRepresentation(one, links)));
    followers.list('disks/statistics', 'statistics', async (ids, { links }) => {
      const [found, measured] = [await disks.byIds(ids), await measures.ofDisks(ids)];
      return new Map(found.map((disk) => [disk.id, diskStatistics(disk, links, measured.get(disk.id))]));
    });
  }

  @Get()
  @Searches()
  @Lists('disk')
  async list(@Api() api: ApiRequest): Promise<Reply> {
    return ok('disks', diskListRepresentation(await this.disks.list(listQuery(api)), api.links));
  }

  @Post()
  @ServiceChecks('create_disk')
  async add(@Input({ element: 'disk', schema: newDisk, method: 'add' }) input: NewDisk, @Api() api: ApiRequest): Promise<Reply> {
    const wanted = await this.access.requireCreate(input, api.caller.id);
    const disk = await this.disks.add(wanted, originOf(api), api.expectCreated);
    const reply = disk.status === 'ok' ? created : accepted;
    return reply('disk', diskRepresentation(disk, api.links));
  }

  @Get(':id')
  @Reads('disk')
  async get(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('disk', diskRepresentation(await this.disks.get(id), api.links));
  }

  @Put(':id')
  @Needs('edit_disk_properties', on('disk'))
  async update(
    @Id('id') id: string,
    @Input({ element: 'disk', schema: changedDisk, method: 'update' }) input: ChangedDisk,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    await this.access.requireChange(id, input, api.caller.id);
    return ok('disk', diskRepresentation(await this.disks.changes.update(id, input, originOf(api)), api.links));
  }

  @Delete(':id')
  @Takes({ async: 'Whether the answer comes before the end.' })
  @Needs('delete_disk', on('disk'))
  async remove(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    const operation = await this.disks.remove(id, originOf(api));
    const status = flag(api, 'async') ? 'pending' : await this.disks.removed(operation);
    return action(api.links.reference('jobs', operation.id), status === 'finished' ? 'complete' : 'pending');
  }

  @Action(UNSUPPORTED_DISK_ACTIONS.map((name) => `:id/${name}`))
  @Reads('disk')
  async unsupported(@Id('id') id: string, @Api() api: ApiRequest): Promise<never> {
    const { name } = await this.disks.get(id);
    throw new UnsupportedError(
      `Cannot ${api.target.path.split('/').at(-1) ?? ''} Virtual Disk ${name}. The action is not supported for Cinder disks.`,
    );
  }

  @Get(':id/statistics')
  @Reads('disk')
  async statistics(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('statistics', collection('statistics', await this.statisticsOf(id, api)));
  }

  @Get(':id/statistics/:statistic')
  @Reads('disk')
  async statistic(@Id('id') id: string, @Id('statistic') statisticId: string, @Api() api: ApiRequest): Promise<Reply> {
    const found = (await this.statisticsOf(id, api)).find((one) => one.id === statisticId);
    if (!found) throw new NotFoundError('Statistic', statisticId);
    return ok('statistic', found);
  }

  private async statisticsOf(id: string, { links }: ApiRequest): Promise<(WireObject & { id: string })[]> {
    const [disk, measured] = [await this.disks.get(id), await this.measures.ofDisks([id])];
    return diskStatistics(disk, links, measured.get(id));
  }
}

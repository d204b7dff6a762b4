import { collection } from '@clinker/ovirt-api';
import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { NotFoundError, UnsupportedError } from '../errors/domain.errors';
import { Followers } from '../follow/followers';
import { Api, type ApiRequest } from '../http/api-request';
import { emptyCollection } from '../http/empty-collection';
import { Id, Input } from '../http/input';
import { type Reply, action, ok } from '../http/reply';
import { Action } from '../http/action.route';
import { originOf } from '../http/request-origin';
import { Searches } from '../http/own.parameters';
import { Lists, Needs, Reads, on, onSystem } from '../permissions/access.declarations';
import { listQuery } from '../search/list-query';
import { HostFencingService } from './host-fencing.service';
import { type FenceType, type UpdateHost, fenceHostSchema, updateHostSchema } from './host.input';
import { HOST_ACTIONS, HOST_PARTS, hostRepresentation, hostStatistics } from './host.representation';
import { HostsService } from './hosts.service';

const [, , , ...UNSUPPORTED_ACTIONS] = HOST_ACTIONS;
const lastSegment = (api: ApiRequest): string => api.target.path.split('/').at(-1) ?? '';

@Controller('api/hosts')
export class HostsController {
  constructor(
    private readonly hosts: HostsService,
    private readonly fencing: HostFencingService,
    followers: Followers,
  ) {
    followers.objects('hosts', async (ids, { links }) => (await hosts.byIds(ids)).map((one) => hostRepresentation(one, links)));
    followers.empty('hosts', HOST_PARTS, { devices: 'devices', nics: 'nics', storage: 'storages' });
    followers.list('hosts/statistics', 'statistics', async (ids, { links }) => {
      const found = await hosts.byIds(ids);
      return new Map(found.map((view) => [view.host.id, hostStatistics(view, links)]));
    });
  }

  @Get()
  @Searches()
  @Lists('host')
  async list(@Api() api: ApiRequest): Promise<Reply> {
    const hosts = await this.hosts.list(listQuery(api));
    return ok(
      'hosts',
      collection(
        'hosts',
        hosts.map((host) => hostRepresentation(host, api.links)),
      ),
    );
  }

  @Post()
  @Needs('create_host', onSystem)
  add(): never {
    throw new UnsupportedError(
      'Cannot add Host. A host joins by itself: create an nkey for it in NATS, then install and start its agent there.',
    );
  }

  @Get(':id')
  @Reads('host')
  async get(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('host', hostRepresentation(await this.hosts.get(id), api.links));
  }

  @Put(':id')
  @Needs('edit_host_configuration', on('host'))
  async update(
    @Id('id') id: string,
    @Input({ element: 'host', schema: updateHostSchema, method: 'update' }) input: UpdateHost,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return ok('host', hostRepresentation(await this.hosts.update(id, input), api.links));
  }

  @Delete(':id')
  @Needs('delete_host', on('host'))
  async remove(@Id('id') id: string): Promise<Reply> {
    await this.hosts.remove(id);
    return action(null, 'complete');
  }

  @Action(':id/activate')
  @Needs('manipulate_host', on('host'))
  async activate(@Id('id') id: string): Promise<Reply> {
    await this.hosts.activate(id);
    return action(null, 'complete');
  }

  @Action(':id/deactivate')
  @Needs('manipulate_host', on('host'))
  async deactivate(@Id('id') id: string): Promise<Reply> {
    await this.hosts.deactivate(id);
    return action(null, 'complete');
  }

  @Action(':id/fence')
  @Needs('manipulate_host', on('host'))
  async fence(
    @Id('id') id: string,
    @Input({ element: 'action', schema: fenceHostSchema, method: 'fence' }) { fence_type: type }: { fence_type: FenceType },
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return action(api.links.reference('jobs', await this.fencing.fence(id, type, originOf(api))), 'complete');
  }

  @Action(UNSUPPORTED_ACTIONS.map((name) => `:id/${name}`))
  @Reads('host')
  async refuse(@Id('id') id: string, @Api() api: ApiRequest): Promise<never> {
    const { host } = await this.hosts.get(id);
    throw new UnsupportedError(`Cannot ${lastSegment(api)} Host ${host.name}. Clinker does not support this action.`);
  }

  @Get(':id/statistics')
  @Reads('host')
  async statistics(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('statistics', collection('statistics', hostStatistics(await this.hosts.get(id), api.links)));
  }

  @Get(':id/statistics/:statistic')
  @Reads('host')
  async statistic(@Id('id') id: string, @Id('statistic') statisticId: string, @Api() api: ApiRequest): Promise<Reply> {
    const found = hostStatistics(await this.hosts.get(id), api.links).find((one) => one['id'] === statisticId);
    if (!found) throw new NotFoundError('Statistic', statisticId);
    return ok('statistic', found);
  }

  @Get(Object.keys(HOST_PARTS).map((part) => `:id/${part}`))
  @Reads('host')
  async part(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    await this.hosts.get(id);
    return emptyCollection(api, HOST_PARTS);
  }
}

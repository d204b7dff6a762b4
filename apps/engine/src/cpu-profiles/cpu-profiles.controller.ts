import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { NotFoundError, UnsupportedError } from '../errors/domain.errors';
import { Followers } from '../follow/followers';
import { Api, type ApiRequest } from '../http/api-request';
import { Id } from '../http/input';
import { listReply } from '../http/list-reply';
import { type Reply, ok } from '../http/reply';
import { Lists, LoggedIn, Reads, on } from '../permissions/access.declarations';
import { cpuProfileId, cpuProfileRepresentation } from './cpu-profile.representation';
import { CpuProfilesService } from './cpu-profiles.service';

function refuse(verb: string): never {
  throw new UnsupportedError(`Cannot ${verb} CPU Profile. The use of processors is not limited.`);
}

/** One profile per cluster, which limits nothing. */
@Controller('api/cpuprofiles')
export class CpuProfilesController {
  constructor(
    private readonly profiles: CpuProfilesService,
    followers: Followers,
  ) {
    followers.objects('cpuprofiles', async (ids, { links }) =>
      (await profiles.list()).map((one) => cpuProfileRepresentation(one, links)).filter(({ id }) => ids.includes(id)),
    );
  }

  @Get()
  @Lists('cpu_profile')
  async list(@Api() api: ApiRequest): Promise<Reply> {
    return listReply('cpu_profiles', await this.profiles.list(), (one) => cpuProfileRepresentation(one, api.links));
  }

  @Post()
  @LoggedIn()
  add(): never {
    return refuse('add');
  }

  @Get(':id')
  @Reads('cpu_profile')
  async get(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('cpu_profile', cpuProfileRepresentation(await this.profiles.get(id), api.links));
  }

  @Put(':id')
  @Reads('cpu_profile')
  async update(@Id('id') id: string): Promise<never> {
    await this.profiles.get(id);
    return refuse('edit');
  }

  @Delete(':id')
  @Reads('cpu_profile')
  async remove(@Id('id') id: string): Promise<never> {
    await this.profiles.get(id);
    return refuse('remove');
  }
}

/** The same profile, below its cluster. */
@Controller('api/clusters/:cluster/cpuprofiles')
export class ClusterCpuProfilesController {
  constructor(
    private readonly profiles: CpuProfilesService,
    followers: Followers,
  ) {
    followers.list('clusters/cpuprofiles', 'cpu_profiles', async (ids, { links }) => {
      const clusters = await profiles.ofClusters(ids);
      return new Map(clusters.map((one) => [one.id, [cpuProfileRepresentation(one, links)]]));
    });
  }

  @Get()
  @Lists('cpu_profile', on('cluster', 'cluster'))
  async list(@Id('cluster') cluster: string, @Api() api: ApiRequest): Promise<Reply> {
    return listReply('cpu_profiles', [await this.profiles.ofCluster(cluster)], (one) => cpuProfileRepresentation(one, api.links));
  }

  @Post()
  @Reads('cluster', 'cluster')
  add(): never {
    return refuse('add');
  }

  @Get(':id')
  @Reads('cpu_profile')
  async get(@Id('cluster') cluster: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    if (id !== cpuProfileId(cluster)) throw new NotFoundError('CPU Profile', id);
    return ok('cpu_profile', cpuProfileRepresentation(await this.profiles.ofCluster(cluster), api.links));
  }
}

import { type Links, type WireObject, collection } from '@clinker/ovirt-api';
import { Controller, Get, Param } from '@nestjs/common';
import { NotFoundError } from '../errors/domain.errors';
import { Followers } from '../follow/followers';
import { Api, type ApiRequest } from '../http/api-request';
import { listReply } from '../http/list-reply';
import { type Reply, ok } from '../http/reply';
import { LoggedIn } from '../permissions/access.declarations';
import { PERMITS } from '../permissions/permit.catalog';
import { CLUSTER_LEVELS, CPU_TYPES } from './cluster.levels';

/** Sub-collections of a level in which there is nothing, by path segment. */
const EMPTY = { clusterfeatures: 'cluster_features' } as const;

function represent(level: string, links: Links): WireObject {
  const identity = links.reference('clusterlevels', level);
  return {
    ...identity,
    link: links.subCollections(identity.href, Object.keys(EMPTY)),
    cpu_types: { cpu_type: CPU_TYPES.map((type) => ({ ...type, architecture: 'x86_64' })) },
    permits: { permit: Object.entries(PERMITS).map(([name, { id, administrative }]) => ({ id: String(id), name, administrative })) },
  };
}

const known = (level: string): string => {
  if (CLUSTER_LEVELS.some((one) => one === level)) return level;
  throw new NotFoundError('Cluster Level', level);
};

/** What clusters of each compatibility level have. */
@Controller('api/clusterlevels')
export class ClusterLevelsController {
  constructor(followers: Followers) {
    followers.empty('clusterlevels', EMPTY);
  }

  @Get()
  @LoggedIn()
  list(@Api() api: ApiRequest): Reply {
    return listReply('cluster_levels', CLUSTER_LEVELS, (one) => represent(one, api.links));
  }

  @Get(':level')
  @LoggedIn()
  get(@Param('level') level: string, @Api() api: ApiRequest): Reply {
    return ok('cluster_level', represent(known(level), api.links));
  }

  @Get(':level/clusterfeatures')
  @LoggedIn()
  features(@Param('level') level: string): Reply {
    known(level);
    return ok('cluster_features', collection('cluster_features', []));
  }
}

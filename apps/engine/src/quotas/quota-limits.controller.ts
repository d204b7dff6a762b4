import { Controller, Delete, Get, Post } from '@nestjs/common';
import { Api, type ApiRequest } from '../http/api-request';
import { Id, Input } from '../http/input';
import { listReply } from '../http/list-reply';
import { type Reply, action, created, ok } from '../http/reply';
import { Needs, Reads, on } from '../permissions/access.declarations';
import { QuotaLimitsService } from './quota-limits.service';
import { type NewClusterLimit, type NewStorageLimit, newClusterLimit, newStorageLimit } from './quota.input';
import { clusterLimitRepresentation, storageLimitRepresentation } from './quota.representation';
import { QuotasService } from './quotas.service';

/** How much storage a quota allows. */
@Controller('api/datacenters/:dc/quotas/:quota/quotastoragelimits')
export class QuotaStorageLimitsController {
  constructor(
    private readonly quotas: QuotasService,
    private readonly limits: QuotaLimitsService,
  ) {}

  @Get()
  @Reads('data_center', 'dc')
  async list(@Id('dc') dc: string, @Id('quota') quotaId: string, @Api() api: ApiRequest): Promise<Reply> {
    const quota = await this.quotas.get(dc, quotaId);
    const found = await this.limits.storageLimits(quota);
    return listReply(api, 'quota_storage_limits', found, (one) => storageLimitRepresentation(one, quota, api.links));
  }

  @Post()
  @Needs('configure_quota', on('data_center', 'dc'))
  async add(
    @Id('dc') dc: string,
    @Id('quota') quotaId: string,
    @Input({ element: 'quota_storage_limit', schema: newStorageLimit, method: 'add' }) input: NewStorageLimit,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    const quota = await this.quotas.get(dc, quotaId);
    const limit = await this.limits.addStorageLimit(quota, input);
    return created('quota_storage_limit', storageLimitRepresentation(limit, quota, api.links));
  }

  @Get(':id')
  @Reads('data_center', 'dc')
  async get(@Id('dc') dc: string, @Id('quota') quotaId: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    const quota = await this.quotas.get(dc, quotaId);
    return ok('quota_storage_limit', storageLimitRepresentation(await this.limits.storageLimit(quota, id), quota, api.links));
  }

  @Delete(':id')
  @Needs('configure_quota', on('data_center', 'dc'))
  async remove(@Id('dc') dc: string, @Id('quota') quotaId: string, @Id('id') id: string): Promise<Reply> {
    await this.limits.removeStorageLimit(await this.quotas.get(dc, quotaId), id);
    return action(null, 'complete');
  }
}

/** How many processors and how much memory a quota allows. */
@Controller('api/datacenters/:dc/quotas/:quota/quotaclusterlimits')
export class QuotaClusterLimitsController {
  constructor(
    private readonly quotas: QuotasService,
    private readonly limits: QuotaLimitsService,
  ) {}

  @Get()
  @Reads('data_center', 'dc')
  async list(@Id('dc') dc: string, @Id('quota') quotaId: string, @Api() api: ApiRequest): Promise<Reply> {
    const quota = await this.quotas.get(dc, quotaId);
    const found = await this.limits.clusterLimits(quota);
    return listReply(api, 'quota_cluster_limits', found, (one) => clusterLimitRepresentation(one, quota, api.links));
  }

  @Post()
  @Needs('configure_quota', on('data_center', 'dc'))
  async add(
    @Id('dc') dc: string,
    @Id('quota') quotaId: string,
    @Input({ element: 'quota_cluster_limit', schema: newClusterLimit, method: 'add' }) input: NewClusterLimit,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    const quota = await this.quotas.get(dc, quotaId);
    const limit = await this.limits.addClusterLimit(quota, input);
    return created('quota_cluster_limit', clusterLimitRepresentation(limit, quota, api.links));
  }

  @Get(':id')
  @Reads('data_center', 'dc')
  async get(@Id('dc') dc: string, @Id('quota') quotaId: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    const quota = await this.quotas.get(dc, quotaId);
    return ok('quota_cluster_limit', clusterLimitRepresentation(await this.limits.clusterLimit(quota, id), quota, api.links));
  }

  @Delete(':id')
  @Needs('configure_quota', on('data_center', 'dc'))
  async remove(@Id('dc') dc: string, @Id('quota') quotaId: string, @Id('id') id: string): Promise<Reply> {
    await this.limits.removeClusterLimit(await this.quotas.get(dc, quotaId), id);
    return action(null, 'complete');
  }
}

import type { WireObject } from '@clinker/ovirt-api';
import { Controller, Delete, Get, Injectable, Post } from '@nestjs/common';
import type { z } from 'zod';
import { Api, type ApiRequest } from '../http/api-request';
import { Id, Input } from '../http/input';
import { listReply } from '../http/list-reply';
import { type Reply, action, created, ok } from '../http/reply';
import { Needs, Reads, on } from '../permissions/access.declarations';
import { QuotaLimitsService } from './quota-limits.service';
import { type NewClusterLimit, type NewStorageLimit, newClusterLimit, newStorageLimit } from './quota.input';
import { clusterLimitRepresentation, storageLimitRepresentation } from './quota.representation';
import { QuotasService } from './quotas.service';

type Quota = Awaited<ReturnType<QuotasService['get']>>;

/** One of the two kinds of limits: what they are called, and how the service has them. */
interface LimitKind<New> {
  readonly element: 'quota_storage_limit' | 'quota_cluster_limit';
  readonly schema: z.ZodType<New>;
  list(limits: QuotaLimitsService, quota: Quota, api: ApiRequest): Promise<WireObject[]>;
  add(limits: QuotaLimitsService, quota: Quota, input: New): Promise<{ id: string }>;
  remove(limits: QuotaLimitsService, quota: Quota, id: string): Promise<void>;
  get(limits: QuotaLimitsService, quota: Quota, id: string, api: ApiRequest): Promise<WireObject>;
}

/** The routes of a kind of limits. */
function limitsController<New>(kind: LimitKind<New>) {
  const { element, schema } = kind;

  @Injectable()
  abstract class LimitsController {
    constructor(
      readonly quotas: QuotasService,
      readonly limits: QuotaLimitsService,
    ) {}

    @Get()
    @Reads('quota', 'quota')
    async list(@Id('dc') dc: string, @Id('quota') quotaId: string, @Api() api: ApiRequest): Promise<Reply> {
      const found = await kind.list(this.limits, await this.quotas.get(dc, quotaId), api);
      return listReply(`${element}s`, found, (one) => one);
    }

    @Post()
    @Needs('configure_quota', on('quota', 'quota'))
    async add(
      @Id('dc') dc: string,
      @Id('quota') quotaId: string,
      @Input({ element, schema, method: 'add' }) input: New,
      @Api() api: ApiRequest,
    ): Promise<Reply> {
      const quota = await this.quotas.get(dc, quotaId);
      const { id } = await kind.add(this.limits, quota, input);
      return created(element, await kind.get(this.limits, quota, id, api));
    }

    @Get(':id')
    @Reads('quota', 'quota')
    async get(@Id('dc') dc: string, @Id('quota') quotaId: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
      return ok(element, await kind.get(this.limits, await this.quotas.get(dc, quotaId), id, api));
    }

    @Delete(':id')
    @Needs('configure_quota', on('quota', 'quota'))
    async remove(@Id('dc') dc: string, @Id('quota') quotaId: string, @Id('id') id: string): Promise<Reply> {
      await kind.remove(this.limits, await this.quotas.get(dc, quotaId), id);
      return action(null, 'complete');
    }
  }
  return LimitsController;
}

/** How much storage a quota allows. */
@Controller('api/datacenters/:dc/quotas/:quota/quotastoragelimits')
export class QuotaStorageLimitsController extends limitsController<NewStorageLimit>({
  element: 'quota_storage_limit',
  schema: newStorageLimit,
  list: async (limits, quota, { links }) => (await limits.storageLimits(quota)).map((one) => storageLimitRepresentation(one, quota, links)),
  get: async (limits, quota, id, { links }) => storageLimitRepresentation(await limits.storageLimit(quota, id), quota, links),
  add: (limits, quota, input) => limits.addStorageLimit(quota, input),
  remove: (limits, quota, id) => limits.removeStorageLimit(quota, id),
}) {}

/** How many processors and how much memory a quota allows. */
@Controller('api/datacenters/:dc/quotas/:quota/quotaclusterlimits')
export class QuotaClusterLimitsController extends limitsController<NewClusterLimit>({
  element: 'quota_cluster_limit',
  schema: newClusterLimit,
  list: async (limits, quota, { links }) => (await limits.clusterLimits(quota)).map((one) => clusterLimitRepresentation(one, quota, links)),
  get: async (limits, quota, id, { links }) => clusterLimitRepresentation(await limits.clusterLimit(quota, id), quota, links),
  add: (limits, quota, input) => limits.addClusterLimit(quota, input),
  remove: (limits, quota, id) => limits.removeClusterLimit(quota, id),
}) {}

import type { WireObject } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { rowsByIds } from '../database/rows.by-ids';
import { Followers, listsOf } from '../follow/followers';
import { permissionRepresentation } from '../permissions/permission.representation';
import { PermissionsService } from '../permissions/permissions.service';
import { Quota } from './quota.entity';
import { QuotaLimitsService } from './quota-limits.service';
import { clusterLimitRepresentation, quotaRepresentation, storageLimitRepresentation } from './quota.representation';

/** Makes quotas and their limits known to `follow`. */
@Injectable()
export class QuotaFollowers {
  constructor(
    private readonly db: EntityManager,
    private readonly followers: Followers,
    private readonly limits: QuotaLimitsService,
    private readonly permissions: PermissionsService,
  ) {
    followers.list('datacenters/quotas', 'quotas', async (ids, { links }) =>
      listsOf(
        await rowsByIds(db, Quota, ids, 'dataCenterId'),
        ({ dataCenterId }) => dataCenterId,
        (one) => quotaRepresentation(one, links),
      ),
    );
    this.storageLimits();
    this.clusterLimits();
    this.givenPermissions();
  }

  private storageLimits(): void {
    this.followers.list('datacenters/quotas/quotastoragelimits', 'quota_storage_limits', async (ids, { links }) => {
      const quotas = await this.quotas(ids);
      return listsOf(
        await this.limits.storageLimits(...quotas.values()),
        ({ quotaId }) => quotaId,
        (one) => storageLimitRepresentation(one, quotas.get(one.quotaId) as Quota, links),
      );
    });
  }

  private clusterLimits(): void {
    this.followers.list('datacenters/quotas/quotaclusterlimits', 'quota_cluster_limits', async (ids, { links }) => {
      const quotas = await this.quotas(ids);
      return listsOf(
        await this.limits.clusterLimits(...quotas.values()),
        ({ quotaId }) => quotaId,
        (one) => clusterLimitRepresentation(one, quotas.get(one.quotaId) as Quota, links),
      );
    });
  }

  private givenPermissions(): void {
    this.followers.list('datacenters/quotas/permissions', 'permissions', async (ids, { caller, links, target }) => {
      const found = await this.permissions.listsOf('quota', ids, caller.id);
      const at = ({ id, dataCenterId }: Quota) => ({ ...target, path: `/datacenters/${dataCenterId}/quotas/${id}/permissions` });
      const lists = [...(await this.quotas(ids)).values()].map((quota): [string, WireObject[]] => [
        quota.id,
        (found.get(quota.id) ?? []).map((one) => permissionRepresentation(one, { links, target: at(quota) })),
      ]);
      return new Map(lists);
    });
  }

  private async quotas(ids: readonly string[]): Promise<Map<string, Quota>> {
    return new Map((await rowsByIds(this.db, Quota, ids)).map((one) => [one.id, one]));
  }
}

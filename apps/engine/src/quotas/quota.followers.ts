import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { rowsByIds } from '../database/rows.by-ids';
import { Followers, listsOf } from '../follow/followers';
import { Quota } from './quota.entity';
import { quotaRepresentation } from './quota.representation';

/** Makes quotas known to `follow`. */
@Injectable()
export class QuotaFollowers {
  constructor(db: EntityManager, followers: Followers) {
    followers.list('datacenters/quotas', 'quotas', async (ids, { links }) =>
      listsOf(
        await rowsByIds(db, Quota, ids, 'dataCenterId'),
        ({ dataCenterId }) => dataCenterId,
        (one) => quotaRepresentation(one, links),
      ),
    );
  }
}

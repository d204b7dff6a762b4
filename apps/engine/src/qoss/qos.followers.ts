import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { rowsByIds } from '../database/rows.by-ids';
import { Followers, listsOf } from '../follow/followers';
import { Qos } from './qos.entity';
import { qosRepresentation } from './qos.representation';

/** Makes the limits of storage known to `follow`. */
@Injectable()
export class QosFollowers {
  constructor(db: EntityManager, followers: Followers) {
    followers.list('datacenters/qoss', 'qoss', async (ids, { links }) =>
      listsOf(
        await rowsByIds(db, Qos, ids, 'dataCenterId'),
        ({ dataCenterId }) => dataCenterId,
        (one) => qosRepresentation(one, links),
      ),
    );
  }
}

import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { rowsByIds } from '../database/rows.by-ids';
import { Followers, listsOf } from '../follow/followers';
import { DiskProfile } from './disk-profile.entity';
import { diskProfileRepresentation } from './disk-profile.representation';

/** Makes the profiles of disks known to `follow`. */
@Injectable()
export class DiskProfileFollowers {
  constructor(db: EntityManager, followers: Followers) {
    followers.objects('diskprofiles', async (ids, { links }) =>
      (await rowsByIds(db, DiskProfile, ids)).map((one) => diskProfileRepresentation(one, links)),
    );
    followers.list('storagedomains/diskprofiles', 'disk_profiles', async (ids, { links }) =>
      listsOf(
        await rowsByIds(db, DiskProfile, ids, 'storageDomainId'),
        ({ storageDomainId }) => storageDomainId,
        (one) => diskProfileRepresentation(one, links),
      ),
    );
  }
}

import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { rowsByIds } from '../database/rows.by-ids';
import { Followers, listsOf } from '../follow/followers';
import { AssignedTagsService } from './assigned-tags.service';
import { Tag } from './tag.entity';
import { TAGGED, type TaggedCollection, assignedTagRepresentation, tagRepresentation } from './tag.representation';

/** Makes tags known to `follow`. */
@Injectable()
export class TagFollowers {
  constructor(db: EntityManager, assigned: AssignedTagsService, followers: Followers) {
    followers.objects('tags', async (ids, { links }) => (await rowsByIds(db, Tag, ids)).map((one) => tagRepresentation(one, links)));
    for (const collection of Object.keys(TAGGED) as TaggedCollection[]) {
      followers.list(`${collection}/tags`, 'tags', async (ids, { links }) =>
        listsOf(
          await assigned.listAll(collection, ids),
          ({ ownerId }) => ownerId,
          ({ ownerId, tag }) => assignedTagRepresentation(tag, { collection, id: ownerId }, links),
        ),
      );
    }
  }
}

import { type ReferenceInput } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { findRow, referred, refuseUsedName, updateGiven } from '../database/row.access';
import { ConflictError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { ROOT_TAG_ID } from './root.tag';
import { Tag } from './tag.entity';
import type { ChangedTag, NewTag } from './tag.input';

const TYPE = 'Tag';

/** True if the tag $2 is $1 or below it. */
const BELOW = `WITH RECURSIVE below AS (
    SELECT id FROM tag WHERE id = $1 UNION SELECT tag.id FROM tag JOIN below ON tag.parent_id = below.id
  ) SELECT EXISTS (SELECT FROM below WHERE id = $2) AS found`;

/** Serialises moves in the tree: two at once could make a ring. Any number that nothing else locks. */
const TREE_LOCK = 4_294_967_002;

/** The tree of tags. */
@Injectable()
export class TagsService {
  constructor(
    private readonly db: EntityManager,
    private readonly events: EventsService,
  ) {}

  list(): Promise<Tag[]> {
    return this.db.find(Tag, { order: { name: 'ASC' } });
  }

  /** @throws NotFoundError */
  get(id: string): Promise<Tag> {
    return findRow(this.db, Tag, TYPE, { id });
  }

  /** A tag by id or name. @throws NotFoundError */
  find({ id, name }: ReferenceInput): Promise<Tag> {
    return findRow(this.db, Tag, TYPE, referred({ id, name }));
  }

  /** Below the root, if the client names no parent. @throws NotFoundError, ConflictError */
  async add({ name, description = '', parent }: NewTag): Promise<Tag> {
    const id = randomUUID();
    const parentId = (await this.parentOf(parent)) ?? ROOT_TAG_ID;
    await this.db.insert(Tag, { id, name, description, parentId }).catch(refuseUsedName('add', TYPE));
    return this.events.tell('TAG_ADDED', await this.get(id));
  }

  /** @throws NotFoundError, ConflictError for the root, and for a parent below the tag itself */
  async update(id: string, { name, description, parent }: ChangedTag): Promise<Tag> {
    await this.get(id);
    if (id === ROOT_TAG_ID) throw new ConflictError('Cannot edit Tag. The root Tag cannot be changed.');
    const parentId = await this.parentOf(parent);
    await this.db.transaction(async (tx) => {
      if (parentId !== undefined) await this.refuseRing(tx, id, parentId);
      await updateGiven(tx, Tag, { id }, { name, description, parentId }).catch(refuseUsedName('edit', TYPE));
    });
    return this.events.tell('TAG_UPDATED', await this.get(id));
  }

  /** Removes it with all tags below it. @throws NotFoundError, ConflictError for the root */
  async remove(id: string): Promise<void> {
    const tag = await this.get(id);
    if (id === ROOT_TAG_ID) throw new ConflictError('Cannot remove Tag. The root Tag cannot be removed.');
    await this.db.delete(Tag, { id });
    await this.events.tell('TAG_REMOVED', tag);
  }

  private async parentOf(parent: NewTag['parent']): Promise<string | undefined> {
    const named = parent?.tag ?? parent;
    if (named?.id === undefined && named?.name === undefined) return undefined;
    return (await this.find(named)).id;
  }

  private async refuseRing(tx: EntityManager, id: string, parentId: string): Promise<void> {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [TREE_LOCK]);
    const [{ found }] = await tx.query<[{ found: boolean }]>(BELOW, [id, parentId]);
    if (found) throw new ConflictError('Cannot edit Tag. A Tag cannot be below itself.');
  }
}

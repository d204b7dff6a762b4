import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { findRow, refuseUsedName, updateGiven } from '../database/row.access';
import { EventsService } from '../events/events.service';
import { Bookmark } from './bookmark.entity';
import type { ChangedBookmark, NewBookmark } from './bookmark.input';

const TYPE = 'Bookmark';

/** The bookmarks. */
@Injectable()
export class BookmarksService {
  constructor(
    private readonly db: EntityManager,
    private readonly events: EventsService,
  ) {}

  list(): Promise<Bookmark[]> {
    return this.db.find(Bookmark, { order: { name: 'ASC' } });
  }

  /** @throws NotFoundError */
  get(id: string): Promise<Bookmark> {
    return findRow(this.db, Bookmark, TYPE, { id });
  }

  /** @throws ConflictError */
  async add({ name, value }: NewBookmark): Promise<Bookmark> {
    const id = randomUUID();
    await this.db.insert(Bookmark, { id, name, value }).catch(refuseUsedName('add', TYPE));
    return this.events.tell('BOOKMARK_ADDED', await this.get(id));
  }

  /** @throws NotFoundError, ConflictError */
  async update(id: string, { name, value }: ChangedBookmark): Promise<Bookmark> {
    await this.get(id);
    await updateGiven(this.db, Bookmark, { id }, { name, value }).catch(refuseUsedName('edit', TYPE));
    return this.events.tell('BOOKMARK_UPDATED', await this.get(id));
  }

  /** @throws NotFoundError */
  async remove(id: string): Promise<void> {
    const bookmark = await this.get(id);
    await this.db.delete(Bookmark, { id });
    await this.events.tell('BOOKMARK_REMOVED', bookmark);
  }
}

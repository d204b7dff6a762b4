import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { findRow } from '../database/row.access';
import { Leftover } from './leftover.entity';

/** What was found left over in the storage. */
@Injectable()
export class LeftoversService {
  constructor(private readonly db: EntityManager) {}

  /** The oldest first. */
  list(): Promise<Leftover[]> {
    return this.db.find(Leftover, { order: { firstSeen: 'ASC', id: 'ASC' } });
  }

  /** @throws NotFoundError */
  get(id: string): Promise<Leftover> {
    return findRow(this.db, Leftover, 'Leftover', { id });
  }
}

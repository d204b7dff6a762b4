import { Injectable } from '@nestjs/common';
import { logContext } from '@clinker/logging';
import { EntityManager } from 'typeorm';
import { NotFoundError } from '../errors/domain.errors';
import type { ListQuery } from '../search/list-query';
import { type Searchable, applySearch } from '../search/search.sql';
import { eventFields } from './event.columns';
import { Event, type EventSeverity } from './event.entity';
import { type EventKind, SETTINGS, type SettingKind, eventKinds } from './event.kinds';

/** The objects that an event is about. */
export type EventReferences = Partial<
  Pick<Event, 'userId' | 'dataCenterId' | 'clusterId' | 'hostId' | 'storageDomainId' | 'vmId' | 'diskId' | 'templateId'>
>;

/** oVirt's limit of a page of events when the client names none. */
const DEFAULT_MAX = 100;

const SEARCHABLE: Searchable = {
  fields: eventFields('event'),
  defaultSort: 'event.id',
  defaultDescending: true,
  freeText: ['message'],
};

/** Which events may be forgotten. */
export interface OldEvents {
  readonly severities: readonly EventSeverity[];
  readonly olderThanMs: number;
  readonly limit: number;
}

const FORGET = `
  DELETE FROM event WHERE id IN (
    SELECT id FROM event WHERE severity = ANY ($1) AND time < clock_timestamp() - $2::float8 * interval '1 millisecond'
    ORDER BY time LIMIT $3 FOR UPDATE SKIP LOCKED) RETURNING id`;

/** Writes and reads events. */
@Injectable()
export class EventsService {
  constructor(private readonly db: EntityManager) {}

  /**
   * Records an event, with the correlation id of the running work. Give the transaction to which it belongs.
   * @param description a sentence for operators; never a secret
   */
  async record(kind: EventKind, description: string, references: EventReferences = {}, tx: EntityManager = this.db): Promise<void> {
    const { code, severity } = eventKinds[kind];
    const correlationId = logContext().correlationId ?? null;
    await tx.insert(Event, { code, severity, description, correlationId, time: new Date(), origin: 'oVirt', customId: -1, ...references });
  }

  /** Records that a setting was added, changed or removed. @returns the setting */
  async tell<T extends { readonly name: string }>(kind: SettingKind, setting: T, references: EventReferences = {}): Promise<T> {
    const end = kind.lastIndexOf('_');
    const title = SETTINGS[kind.slice(0, end) as keyof typeof SETTINGS];
    await this.record(kind, `${title} ${setting.name} was ${kind.slice(end + 1).toLowerCase()}.`, references);
    return setting;
  }

  /** Newest first, unless the search sorts. `from`: only events with a greater id. @throws SearchSyntaxError, InvalidInputError */
  list(query: ListQuery, from = 0): Promise<Event[]> {
    const builder = this.db.createQueryBuilder(Event, 'event').where('event.id > :from', { from: String(from) });
    if (!/\bdeleted\b/i.test(query.search)) builder.andWhere('NOT event.deleted');
    return applySearch(builder, SEARCHABLE, { ...query, max: query.max ?? DEFAULT_MAX }).getMany();
  }

  /** Puts an event out of sight. @throws NotFoundError */
  async hide(id: string): Promise<void> {
    await this.get(id);
    await this.db.update(Event, { id }, { deleted: true });
  }

  /** Shows all events again. */
  async showAll(): Promise<void> {
    await this.db.update(Event, { deleted: true }, { deleted: false });
  }

  /**
   * Deletes events of these severities that are older than so many milliseconds, at most so many, the oldest first.
   * @returns how many: fewer than the limit when none is left
   */
  async forget({ severities, olderThanMs, limit }: OldEvents): Promise<number> {
    const [rows] = await this.db.query<[unknown[], number]>(FORGET, [[...severities], olderThanMs, limit]);
    return rows.length;
  }

  async get(id: string): Promise<Event> {
    const found = /^\d{1,18}$/.test(id) ? await this.db.findOneBy(Event, { id }) : null;
    if (!found) throw new NotFoundError('Event', id);
    return found;
  }
}

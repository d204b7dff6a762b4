import { Injectable } from '@nestjs/common';
import { logContext } from '@clinker/logging';
import { EntityManager } from 'typeorm';
import { NotFoundError } from '../errors/domain.errors';
import type { ListQuery } from '../search/list-query';
import { type Searchable, applySearch } from '../search/search.sql';
import { eventFields } from './event.columns';
import { Event, type EventSeverity } from './event.entity';
import { type EventKind, SETTINGS, type SettingKind, eventKinds } from './event.kinds';
import { vmFields } from '../vms/vm.columns';
import { hostFields } from '../hosts/host.columns';
import { templateFields } from '../templates/template.columns';
import { userFields } from '../accounts/account.columns';
import { clusterFields } from '../clusters/cluster.columns';
import { storageDomainFields } from '../storage-domains/storage-domain.columns';
import { dataCenterFields } from '../data-centers/data-center.columns';

/** The objects that an event is about. */
export type EventReferences = Partial<
  Pick<Event, 'userId' | 'dataCenterId' | 'clusterId' | 'hostId' | 'storageDomainId' | 'vmId' | 'diskId' | 'templateId'>
>;

/** oVirt's limit of a page of events when the client names none. */
const DEFAULT_MAX = 100;

const SEARCHABLE: Searchable = {
  fields: eventFields('event'),
  references: {
    vm: { from: 'vm v WHERE v.id = event.vm_id', fields: vmFields('v') },
    host: { from: 'host h WHERE h.id = event.host_id', fields: hostFields('h') },
    template: { from: 'template t WHERE t.id = event.template_id', fields: templateFields('t') },
    user: { from: 'account u WHERE u.id = event.user_id', fields: userFields('u') },
    cluster: { from: 'cluster c WHERE c.id = event.cluster_id', fields: clusterFields('c') },
    storage: { from: 'storage_domain sd WHERE sd.id = event.storage_domain_id', fields: storageDomainFields('sd') },
    datacenter: { from: 'data_center dc WHERE dc.id = event.data_center_id', fields: dataCenterFields('dc') },
  },
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

/** The references in the order of the parameters of {@link RECORD}. */
const REFERENCES = ['userId', 'vmId', 'hostId', 'diskId', 'templateId', 'storageDomainId', 'clusterId', 'dataCenterId'] as const;

/** An event of ours. What it is about lies in a storage domain or cluster, and those in a data center. */
const RECORD = `
  INSERT INTO event (code, severity, description, correlation_id, origin, custom_id, time, user_id, vm_id, host_id, disk_id, template_id,
    storage_domain_id, cluster_id, data_center_id)
  SELECT $1::int, $2, $3, $4, 'oVirt', -1, clock_timestamp(), $5::uuid, $6::uuid, $7::uuid, $8::uuid, $9::uuid, storage_domain_id, cluster_id,
    coalesce($12::uuid, (SELECT data_center_id FROM cluster WHERE id = place.cluster_id),
      (SELECT data_center_id FROM storage_domain WHERE id = place.storage_domain_id))
  FROM (
    SELECT coalesce($10::uuid, (SELECT storage_domain_id FROM disk WHERE id = $8::uuid)) AS storage_domain_id,
      coalesce($11::uuid, (SELECT cluster_id FROM vm WHERE id = $6::uuid), (SELECT cluster_id FROM host WHERE id = $7::uuid),
        (SELECT cluster_id FROM template WHERE id = $9::uuid)) AS cluster_id
  ) place`;

/** Writes and reads events. */
@Injectable()
export class EventsService {
  constructor(private readonly db: EntityManager) {}

  /**
   * Records an event, with the correlation id of the running work and who asked for it. Give the transaction to which it belongs.
   * @param references what it is about; where that lies is added, as long as it is there
   * @param description a sentence for operators; never a secret
   */
  async record(kind: EventKind, description: string, references: EventReferences = {}, tx: EntityManager = this.db): Promise<void> {
    const { code, severity } = eventKinds[kind];
    const { correlationId, userId } = logContext();
    const about = { userId, ...references };
    await tx.query(RECORD, [code, severity, description, correlationId, ...REFERENCES.map((name) => about[name])]);
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

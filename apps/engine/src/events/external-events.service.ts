import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { brokenUniqueConstraint } from '../database/constraint.violation';
import { ConflictError, InvalidInputError, NotFoundError } from '../errors/domain.errors';
import type { RequestOrigin } from '../http/request-origin';
import { Event } from './event.entity';
import type { NewEvent } from './event.input';
import { eventKinds } from './event.kinds';

/** The origin of our own events: nobody else may speak in our name. */
const OUR_ORIGIN = 'ovirt';

const KINDS = {
  normal: eventKinds.EXTERNAL_EVENT_NORMAL,
  warning: eventKinds.EXTERNAL_EVENT_WARNING,
  error: eventKinds.EXTERNAL_EVENT_ERROR,
  alert: eventKinds.EXTERNAL_EVENT_ALERT,
} as const;

/** What an event can be about: the member, the table and how messages call it. */
const SUBJECTS = [
  ['cluster', 'cluster', 'Cluster'],
  ['data_center', 'data_center', 'Data Center'],
  ['host', 'host', 'Host'],
  ['storage_domain', 'storage_domain', 'Storage Domain'],
  ['template', 'template', 'Template'],
  ['user', 'account', 'User'],
  ['vm', 'vm', 'VM'],
] as const;

/** Events that others report. */
@Injectable()
export class ExternalEventsService {
  constructor(private readonly db: EntityManager) {}

  /** @throws InvalidInputError, NotFoundError for a subject that does not exist, ConflictError for a number that the origin has used */
  async add(input: NewEvent, { correlationId, ownerId }: RequestOrigin): Promise<Event> {
    const { origin, severity, custom_id: customId, description } = input;
    if (origin.toLowerCase() === OUR_ORIGIN)
      throw new InvalidInputError(`Illegal Origin for External Event: ${origin} can not be used as External Event Origin.`);
    await this.checkSubjects(input);
    const row = { ...KINDS[severity], description, correlationId, time: new Date(), origin, customId, deleted: false };
    const { identifiers } = await this.db
      .insert(Event, { ...row, ...subjects(input), userId: input.user?.id ?? ownerId })
      .catch(refuseUsedNumber);
    const [identifier] = identifiers;
    return this.db.findOneByOrFail(Event, { id: String(identifier?.['id']) });
  }

  private async checkSubjects(input: NewEvent): Promise<void> {
    for (const [member, table, type] of SUBJECTS) {
      const id = input[member]?.id;
      if (id === undefined) continue;
      const [{ known }] = await this.db.query<[{ known: boolean }]>(`SELECT EXISTS (SELECT FROM ${table} WHERE id = $1) AS known`, [id]);
      if (!known) throw new NotFoundError(type, id);
    }
  }
}

const idOf = (subject: { id?: string | undefined } | undefined): string | null => subject?.id ?? null;

const subjects = ({ cluster, data_center, host, storage_domain, template, vm }: NewEvent) => ({
  clusterId: idOf(cluster),
  dataCenterId: idOf(data_center),
  hostId: idOf(host),
  storageDomainId: idOf(storage_domain),
  templateId: idOf(template),
  vmId: idOf(vm),
});

function refuseUsedNumber(error: unknown): never {
  if (!brokenUniqueConstraint(error)) throw error;
  throw new ConflictError('Cannot add External Event. The origin has reported an event with this custom id already.', { cause: error });
}

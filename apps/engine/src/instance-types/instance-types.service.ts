import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { findRow, refuseUsedName, updateGiven } from '../database/row.access';
import { EventsService } from '../events/events.service';
import { dateField, idField, numberField, sizeField } from '../search/field.kinds';
import type { ListQuery } from '../search/list-query';
import { type Searchable, applySearch } from '../search/search.sql';
import { InstanceType } from './instance-type.entity';
import { type ChangedInstanceType, type NewInstanceType, unappliedOfType } from './instance-type.input';

const TYPE = 'Instance Type';
const GIB = 2 ** 30;

/** A number in a search for memory counts MiB. */
const MIB = 2 ** 20;

const SEARCHABLE: Searchable = {
  fields: {
    id: idField('type.id'),
    name: 'type.name',
    description: 'type.description',
    comment: 'type.comment',
    creationdate: dateField('type.creation_time'),
    memory: sizeField('type.memory', MIB),
    cpus: numberField('type.sockets * type.cores * type.threads'),
  },
  defaultSort: 'name',
  freeText: ['name', 'description', 'comment'],
};

/** Columns that a body sets; undefined where it says nothing. */
const columns = ({ name, description, comment, memory, cpu, high_availability: availability }: ChangedInstanceType) => ({
  name,
  description,
  comment,
  memory,
  sockets: cpu?.topology?.sockets,
  cores: cpu?.topology?.cores,
  threads: cpu?.topology?.threads,
  highlyAvailable: availability?.enabled,
  haPriority: availability?.priority,
});

/** Sizes of VMs with names. */
@Injectable()
export class InstanceTypesService {
  constructor(
    private readonly db: EntityManager,
    private readonly events: EventsService,
  ) {}

  list(query: ListQuery): Promise<InstanceType[]> {
    return applySearch(this.db.createQueryBuilder(InstanceType, 'type'), SEARCHABLE, query).getMany();
  }

  /** @throws NotFoundError */
  get(id: string): Promise<InstanceType> {
    return findRow(this.db, InstanceType, TYPE, { id });
  }

  /** 1 GiB and one processor, if the client says nothing. @throws ConflictError */
  async add(input: NewInstanceType): Promise<InstanceType> {
    const id = randomUUID();
    const { description = '', comment = '', memory = GIB, sockets = 1, cores = 1, threads = 1, ...given } = columns(input);
    const size = { memory, sockets, cores, threads, highlyAvailable: given.highlyAvailable ?? false, haPriority: given.haPriority ?? 0 };
    const row = { id, name: input.name, description, comment, ...size, unapplied: unappliedOfType({}, input) };
    await this.db.insert(InstanceType, row).catch(refuseUsedName('add', TYPE));
    return this.events.tell('INSTANCE_TYPE_ADDED', await this.get(id));
  }

  /** @throws NotFoundError, ConflictError */
  async update(id: string, input: ChangedInstanceType): Promise<InstanceType> {
    const unapplied = unappliedOfType((await this.get(id)).unapplied, input);
    await updateGiven(this.db, InstanceType, { id }, { ...columns(input), unapplied }).catch(refuseUsedName('edit', TYPE));
    return this.events.tell('INSTANCE_TYPE_UPDATED', await this.get(id));
  }

  /** @throws NotFoundError */
  async remove(id: string): Promise<void> {
    const type = await this.get(id);
    await this.db.delete(InstanceType, { id });
    await this.events.tell('INSTANCE_TYPE_REMOVED', type);
  }
}

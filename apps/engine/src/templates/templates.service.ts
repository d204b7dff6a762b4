import type { ReferenceInput } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { rowsByIds } from '../database/rows.by-ids';
import { NotFoundError } from '../errors/domain.errors';
import { eventFields } from '../events/event.columns';
import type { ListQuery } from '../search/list-query';
import { type Searchable, applySearch } from '../search/search.sql';
import type { SearchField } from '../search/searchable';
import { vmFields } from '../vms/vm.columns';
import { templateFields } from './template.columns';
import { Template } from './template.entity';

/** `datacenter` and `cluster` hold for any value: a template without a cluster, as Blank is, can be used in all of them. */
const EVERYWHERE: SearchField = { order: 'template.id', condition: ({ operator }) => (operator === '!=' ? 'false' : 'true') };

const SEARCHABLE: Searchable = {
  fields: { ...templateFields('template'), datacenter: EVERYWHERE, cluster: EVERYWHERE },
  references: {
    datacenter: { from: 'data_center dc WHERE true', fields: { name: EVERYWHERE } },
    cluster: { from: 'cluster c WHERE true', fields: { name: EVERYWHERE } },
    vm: { from: 'vm v WHERE v.template_id = template.id', fields: vmFields('v') },
    event: { from: 'event e WHERE e.template_id = template.id', fields: eventFields('e') },
  },
  defaultSort: 'name',
  freeText: ['name', 'description', 'comment'],
};

/** The templates: Blank, which is in every data center and every cluster. */
@Injectable()
export class TemplatesService {
  constructor(private readonly db: EntityManager) {}

  list(query: ListQuery): Promise<Template[]> {
    return applySearch(this.db.createQueryBuilder(Template, 'template'), SEARCHABLE, query).getMany();
  }

  /** Templates by their ids; those that are gone are left out. */
  byIds(ids: readonly string[]): Promise<Template[]> {
    return rowsByIds(this.db, Template, ids);
  }

  /** @throws NotFoundError */
  async get(id: string): Promise<Template> {
    return this.find({ id });
  }

  /** The template that a client names by id or name. @throws NotFoundError */
  async find({ id, name }: ReferenceInput): Promise<Template> {
    const found = await this.db.findOneBy(Template, id === undefined ? { name: name ?? '' } : { id });
    if (!found) throw new NotFoundError('Template', id ?? name ?? '');
    return found;
  }
}

import type { ReferenceInput } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { Cluster } from '../clusters/cluster.entity';
import { DataCenter } from '../data-centers/data-center.entity';
import { NotFoundError } from '../errors/domain.errors';
import type { ListQuery } from '../search/list-query';
import { type Searchable, applySearch } from '../search/search.sql';
import { Template } from './template.entity';

const SEARCHABLE: Searchable = {
  fields: {
    id: 'template.id',
    name: 'template.name',
    description: 'template.description',
    comment: 'template.comment',
    status: 'template.status',
    version_name: "''",
    datacenter: 'dc.name',
    'datacenter.name': 'dc.name',
    cluster: 'cluster.name',
    'cluster.name': 'cluster.name',
  },
  defaultSort: 'template.name',
  freeText: ['name', 'description', 'comment'],
};

/** The templates: Blank, which is in every data center and every cluster. */
@Injectable()
export class TemplatesService {
  constructor(private readonly db: EntityManager) {}

  list(query: ListQuery): Promise<Template[]> {
    const builder = this.db.createQueryBuilder(Template, 'template');
    if (/datacenter/i.test(query.search)) builder.leftJoin(DataCenter, 'dc', 'true');
    if (/cluster/i.test(query.search)) builder.leftJoin(Cluster, 'cluster', 'true');
    return applySearch(builder, SEARCHABLE, query).getMany();
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

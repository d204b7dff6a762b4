import { collection } from '@clinker/ovirt-api';
import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { UnsupportedError } from '../errors/domain.errors';
import { Followers } from '../follow/followers';
import { Api, type ApiRequest } from '../http/api-request';
import { emptyCollection } from '../http/empty-collection';
import { Id } from '../http/input';
import { type Reply, ok } from '../http/reply';
import { Action } from '../http/reply.interceptor';
import { Lists, Needs, Reads, on, onSystem } from '../permissions/access.declarations';
import { listQuery } from '../search/list-query';
import { emptyTemplateCollections, templateRepresentation } from './template.representation';
import { TemplatesService } from './templates.service';

@Controller('api/templates')
export class TemplatesController {
  constructor(
    private readonly templates: TemplatesService,
    followers: Followers,
  ) {
    followers.objects('templates', async (ids, { links }) => (await templates.byIds(ids)).map((one) => templateRepresentation(one, links)));
    followers.empty('templates', emptyTemplateCollections);
  }

  @Get()
  @Lists('template')
  async list(@Api() api: ApiRequest): Promise<Reply> {
    const found = await this.templates.list(listQuery(api));
    return ok(
      'templates',
      collection(
        'templates',
        found.map((one) => templateRepresentation(one, api.links)),
      ),
    );
  }

  @Post()
  @Needs('create_template', onSystem)
  add(): never {
    throw new UnsupportedError('Cannot add Template. Templates other than Blank are not supported yet.');
  }

  @Get(':id')
  @Reads('template')
  async get(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('template', templateRepresentation(await this.templates.get(id), api.links));
  }

  @Put(':id')
  @Needs('edit_template_properties', on('template'))
  async update(@Id('id') id: string): Promise<never> {
    const { name } = await this.templates.get(id);
    throw new UnsupportedError(`Cannot edit Template. The template ${name} cannot be changed.`);
  }

  @Delete(':id')
  @Needs('delete_template', on('template'))
  async remove(@Id('id') id: string): Promise<never> {
    const { name } = await this.templates.get(id);
    throw new UnsupportedError(`Cannot remove Template. The template ${name} cannot be removed.`);
  }

  @Action(':id/export')
  @Reads('template')
  export(): never {
    throw new UnsupportedError('Cannot export Template. Export is not supported.');
  }

  @Get(Object.keys(emptyTemplateCollections).map((segment) => `:id/${segment}`))
  @Reads('template')
  async empty(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    await this.templates.get(id);
    return emptyCollection(api, emptyTemplateCollections);
  }
}

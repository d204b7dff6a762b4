import { collection } from '@clinker/ovirt-api';
import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { UnsupportedError } from '../errors/domain.errors';
import { Followers } from '../follow/followers';
import { Api, type ApiRequest } from '../http/api-request';
import { emptyCollection } from '../http/empty-collection';
import { Id, Input } from '../http/input';
import { type Reply, accepted, action, created, ok } from '../http/reply';
import { Action } from '../http/action.route';
import { originOf } from '../http/request-origin';
import { Searches } from '../http/own.parameters';
import { Lists, Needs, Reads, ServiceChecks, on } from '../permissions/access.declarations';
import { listQuery } from '../search/list-query';
import { TemplateAccess } from './template.access';
import { TemplateAdder } from './template-adder.service';
import { type ChangedTemplate, type NewTemplate, changedTemplate, newTemplate } from './template.input';
import { emptyTemplateCollections, templateRepresentation } from './template.representation';
import { TemplatesService } from './templates.service';

@Controller('api/templates')
export class TemplatesController {
  constructor(
    private readonly templates: TemplatesService,
    private readonly adder: TemplateAdder,
    private readonly access: TemplateAccess,
    followers: Followers,
  ) {
    followers.objects('templates', async (ids, { links }) => (await templates.byIds(ids)).map((one) => templateRepresentation(one, links)));
    followers.empty('templates', emptyTemplateCollections);
  }

  @Get()
  @Searches()
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
  @ServiceChecks('create_template')
  async add(
    @Input({ element: 'template', schema: newTemplate, method: 'add' }) input: NewTemplate,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    await this.access.requireAdd(await this.adder.sourceOf(input), api.caller.id);
    const template = await this.templates.get(await this.adder.add(input, originOf(api), api.expectCreated));
    const reply = template.status === 'locked' ? accepted : created;
    return reply('template', templateRepresentation(template, api.links));
  }

  @Get(':id')
  @Reads('template')
  async get(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('template', templateRepresentation(await this.templates.get(id), api.links));
  }

  @Put(':id')
  @Needs('edit_template_properties', on('template'))
  async update(
    @Id('id') id: string,
    @Input({ element: 'template', schema: changedTemplate, method: 'update' }) input: ChangedTemplate,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return ok('template', templateRepresentation(await this.templates.update(id, input), api.links));
  }

  @Delete(':id')
  @Needs('delete_template', on('template'))
  async remove(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    const operation = await this.templates.remove(id, originOf(api));
    return action(api.links.reference('jobs', operation.id), 'complete');
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

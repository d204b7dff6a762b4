import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { Followers, listsOf } from '../follow/followers';
import { Api, type ApiRequest } from '../http/api-request';
import { Id, Input } from '../http/input';
import { listReply } from '../http/list-reply';
import { type Reply, action, created, ok } from '../http/reply';
import { NicAccess } from '../networks/nic.access';
import { type ChangedNic, type NewNic, changedNic, newNic } from '../networks/nic.input';
import { Needs, Reads, on } from '../permissions/access.declarations';
import { TemplateNicsService } from './template-nics.service';
import { templateNicRepresentation } from './template.representation';

/** The interfaces that new VMs of a template get. */
@Controller('api/templates/:template/nics')
export class TemplateNicsController {
  constructor(
    private readonly nics: TemplateNicsService,
    private readonly access: NicAccess,
    followers: Followers,
  ) {
    followers.list('templates/nics', 'nics', async (ids, { links }) =>
      listsOf(
        await nics.ofTemplates(ids),
        ({ templateId }) => templateId,
        (one) => templateNicRepresentation(one, links),
      ),
    );
  }

  @Get()
  @Reads('template', 'template')
  async list(@Id('template') template: string, @Api() api: ApiRequest): Promise<Reply> {
    return listReply('nics', await this.nics.list(template), (one) => templateNicRepresentation(one, api.links));
  }

  @Post()
  @Needs('configure_template_network', on('template', 'template'))
  async add(
    @Id('template') template: string,
    @Input({ element: 'nic', schema: newNic, method: 'add' }) input: NewNic,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    await this.access.requireProfile({ of: 'template' }, input, api.caller.id);
    return created('nic', templateNicRepresentation(await this.nics.add(template, input), api.links));
  }

  @Get(':id')
  @Reads('template', 'template')
  async get(@Id('template') template: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('nic', templateNicRepresentation(await this.nics.get(template, id), api.links));
  }

  @Put(':id')
  @Needs('configure_template_network', on('template', 'template'))
  async update(
    @Id('template') template: string,
    @Id('id') id: string,
    @Input({ element: 'nic', schema: changedNic, method: 'update' }) input: ChangedNic,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    await this.access.requireProfile({ of: 'template', id }, input, api.caller.id);
    return ok('nic', templateNicRepresentation(await this.nics.update(template, id, input), api.links));
  }

  @Delete(':id')
  @Needs('configure_template_network', on('template', 'template'))
  async remove(@Id('template') template: string, @Id('id') id: string): Promise<Reply> {
    await this.nics.remove(template, id);
    return action(null, 'complete');
  }
}

import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { UnsupportedError } from '../errors/domain.errors';
import { Followers, listsOf } from '../follow/followers';
import { Api, type ApiRequest } from '../http/api-request';
import { Id } from '../http/input';
import { listReply } from '../http/list-reply';
import { type Reply, ok } from '../http/reply';
import { Needs, Reads, on } from '../permissions/access.declarations';
import { templateDiskRepresentation, templateNicRepresentation } from './template.representation';
import { TemplatesService } from './templates.service';

function refuse(): never {
  throw new UnsupportedError('Cannot edit VM Template properties. Its disks and interfaces stay those of the VM of which it was made.');
}

/** The disks and interfaces that VMs of a template get. */
@Controller('api/templates/:template')
export class TemplatePartsController {
  constructor(
    private readonly templates: TemplatesService,
    followers: Followers,
  ) {
    followers.list('templates/diskattachments', 'disk_attachments', async (ids, { links }) =>
      listsOf(
        await templates.disksOf(ids),
        ({ templateId }) => templateId,
        (one) => templateDiskRepresentation(one, links),
      ),
    );
    followers.list('templates/nics', 'nics', async (ids, { links }) =>
      listsOf(
        await templates.nicsOf(ids),
        ({ templateId }) => templateId,
        (one) => templateNicRepresentation(one, links),
      ),
    );
  }

  @Get('diskattachments')
  @Reads('template', 'template')
  async disks(@Id('template') template: string, @Api() api: ApiRequest): Promise<Reply> {
    const { id } = await this.templates.get(template);
    return listReply(api, 'disk_attachments', await this.templates.disksOf([id]), (one) => templateDiskRepresentation(one, api.links));
  }

  @Get('diskattachments/:id')
  @Reads('template', 'template')
  async disk(@Id('template') template: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('disk_attachment', templateDiskRepresentation(await this.templates.disk(template, id), api.links));
  }

  @Get('nics')
  @Reads('template', 'template')
  async nics(@Id('template') template: string, @Api() api: ApiRequest): Promise<Reply> {
    const { id } = await this.templates.get(template);
    return listReply(api, 'nics', await this.templates.nicsOf([id]), (one) => templateNicRepresentation(one, api.links));
  }

  @Get('nics/:id')
  @Reads('template', 'template')
  async nic(@Id('template') template: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('nic', templateNicRepresentation(await this.templates.nic(template, id), api.links));
  }

  @Post('nics')
  @Needs('edit_template_properties', on('template', 'template'))
  addNic(): never {
    return refuse();
  }

  @Put('nics/:id')
  @Needs('edit_template_properties', on('template', 'template'))
  changeNic(): never {
    return refuse();
  }

  @Delete(['nics/:id', 'diskattachments/:id'])
  @Needs('edit_template_properties', on('template', 'template'))
  remove(): never {
    return refuse();
  }
}

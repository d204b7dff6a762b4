import { Controller, Delete, Get } from '@nestjs/common';
import { UnsupportedError } from '../errors/domain.errors';
import { Followers, listsOf } from '../follow/followers';
import { Api, type ApiRequest } from '../http/api-request';
import { Id } from '../http/input';
import { listReply } from '../http/list-reply';
import { type Reply, ok } from '../http/reply';
import { Needs, Reads, on } from '../permissions/access.declarations';
import { templateDiskRepresentation } from './template.representation';
import { TemplatesService } from './templates.service';

/** The disks of which VMs of a template get copies. */
@Controller('api/templates/:template/diskattachments')
export class TemplateDisksController {
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
  }

  @Get()
  @Reads('template', 'template')
  async list(@Id('template') template: string, @Api() api: ApiRequest): Promise<Reply> {
    const { id } = await this.templates.get(template);
    return listReply('disk_attachments', await this.templates.disksOf([id]), (one) => templateDiskRepresentation(one, api.links));
  }

  @Get(':id')
  @Reads('template', 'template')
  async get(@Id('template') template: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('disk_attachment', templateDiskRepresentation(await this.templates.disk(template, id), api.links));
  }

  @Delete(':id')
  @Needs('edit_template_properties', on('template', 'template'))
  remove(): never {
    throw new UnsupportedError('Cannot edit VM Template properties. Its disks stay those of the VM of which it was made.');
  }
}

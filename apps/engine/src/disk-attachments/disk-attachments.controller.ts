import { collection } from '@clinker/ovirt-api';
import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { DiskAccess } from '../disks/disk.access';
import { Followers, listsOf } from '../follow/followers';
import { Api, type ApiRequest, flag } from '../http/api-request';
import { Id, Input } from '../http/input';
import { Takes } from '../http/own.parameters';
import { type Reply, accepted, action, created, ok } from '../http/reply';
import { originOf } from '../http/request-origin';
import { Needs, Reads, on } from '../permissions/access.declarations';
import { type ChangedAttachment, type NewAttachment, changedAttachment, newAttachment } from './disk-attachment.input';
import { diskAttachmentRepresentation } from './disk-attachment.representation';
import { DiskAttachmentsService, attachmentIds } from './disk-attachments.service';

@Controller('api/vms/:vm/diskattachments')
export class DiskAttachmentsController {
  constructor(
    private readonly attachments: DiskAttachmentsService,
    private readonly access: DiskAccess,
    followers: Followers,
  ) {
    followers.list('vms/diskattachments', 'disk_attachments', async (ids, { links }) =>
      listsOf(
        await attachments.ofVms(ids),
        ({ vmId }) => vmId,
        (one) => diskAttachmentRepresentation(one, links),
      ),
    );
  }

  @Get()
  @Reads('vm', 'vm')
  async list(@Id('vm') vmId: string, @Api() api: ApiRequest): Promise<Reply> {
    const found = await this.attachments.list(vmId);
    return ok(
      'disk_attachments',
      collection(
        'disk_attachments',
        found.map((one) => diskAttachmentRepresentation(one, api.links)),
      ),
    );
  }

  @Post()
  @Needs('configure_vm_storage', on('vm', 'vm'))
  async add(
    @Id('vm') vmId: string,
    @Input({ element: 'disk_attachment', schema: newAttachment, method: 'add' }) input: NewAttachment,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    const { id } = input.disk;
    if (id !== undefined) await this.access.require('attach_disk', id, api.caller.id);
    const disk = id === undefined ? await this.access.requireCreate(input.disk, api.caller.id) : input.disk;
    const { attachment, status } = await this.attachments.add(vmId, { ...input, disk }, originOf(api), api.expectCreated);
    const reply = status === 'finished' ? created : accepted;
    return reply('disk_attachment', diskAttachmentRepresentation(attachment, api.links));
  }

  @Get(':id')
  @Reads('vm', 'vm')
  async get(@Id('vm') vmId: string, @Id('id') diskId: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('disk_attachment', diskAttachmentRepresentation(await this.attachments.get(attachmentIds(vmId, diskId)), api.links));
  }

  @Put(':id')
  @Needs('configure_vm_storage', on('vm', 'vm'))
  async update(
    @Id('vm') vmId: string,
    @Id('id') diskId: string,
    @Input({ element: 'disk_attachment', schema: changedAttachment, method: 'update' }) input: ChangedAttachment,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    if (input.disk) await this.access.require('edit_disk_properties', diskId, api.caller.id);
    if (input.disk) await this.access.requireChange(diskId, input.disk, api.caller.id);
    const attachment = await this.attachments.update(attachmentIds(vmId, diskId), input, originOf(api));
    return ok('disk_attachment', diskAttachmentRepresentation(attachment, api.links));
  }

  @Delete(':id')
  @Takes({ detach_only: 'Whether the disk stays, which it does unless this is false.', async: 'Whether the answer comes before the end.' })
  @Needs('configure_vm_storage', on('vm', 'vm'))
  async remove(@Id('vm') vmId: string, @Id('id') diskId: string, @Api() api: ApiRequest): Promise<Reply> {
    const keepDisk = flag(api, 'detach_only', true);
    if (!keepDisk) await this.access.require('delete_disk', diskId, api.caller.id);
    const { jobId, status } = await this.attachments.remove(attachmentIds(vmId, diskId), keepDisk, originOf(api), !flag(api, 'async'));
    return action(jobId === null ? null : api.links.reference('jobs', jobId), status === 'finished' ? 'complete' : 'pending');
  }
}

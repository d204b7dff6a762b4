import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { Api, type ApiRequest } from '../http/api-request';
import { Id, Input } from '../http/input';
import { listReply } from '../http/list-reply';
import { type Reply, action, created, ok } from '../http/reply';
import { Lists, Needs, Reads, ServiceChecks, on } from '../permissions/access.declarations';
import {
  type ChangedDiskProfile,
  type NewDiskProfile,
  type NewDiskProfileHere,
  changedDiskProfile,
  newDiskProfile,
  newDiskProfileHere,
} from './disk-profile.input';
import { diskProfileRepresentation } from './disk-profile.representation';
import { DiskProfilesService } from './disk-profiles.service';

@Controller('api/diskprofiles')
export class DiskProfilesController {
  constructor(private readonly profiles: DiskProfilesService) {}

  @Get()
  @Lists('disk_profile')
  async list(@Api() api: ApiRequest): Promise<Reply> {
    return listReply('disk_profiles', await this.profiles.list(), (one) => diskProfileRepresentation(one, api.links));
  }

  @Post()
  @ServiceChecks('create_storage_disk_profile')
  async add(
    @Input({ element: 'disk_profile', schema: newDiskProfile, method: 'add' }) input: NewDiskProfile,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return created('disk_profile', diskProfileRepresentation(await this.profiles.add(input, api.caller.id), api.links));
  }

  @Get(':id')
  @Reads('disk_profile')
  async get(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('disk_profile', diskProfileRepresentation(await this.profiles.get(id), api.links));
  }

  @Put(':id')
  @Needs('configure_storage_disk_profile', on('disk_profile'))
  async update(
    @Id('id') id: string,
    @Input({ element: 'disk_profile', schema: changedDiskProfile, method: 'update' }) input: ChangedDiskProfile,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return ok('disk_profile', diskProfileRepresentation(await this.profiles.update(id, input), api.links));
  }

  @Delete(':id')
  @Needs('delete_storage_disk_profile', on('disk_profile'))
  async remove(@Id('id') id: string): Promise<Reply> {
    await this.profiles.remove(id);
    return action(null, 'complete');
  }
}

/** The profiles of one storage domain: the same profiles as in `/diskprofiles`. */
@Controller('api/storagedomains/:domain/diskprofiles')
export class StorageDomainDiskProfilesController {
  constructor(private readonly profiles: DiskProfilesService) {}

  @Get()
  @Lists('disk_profile', on('storage_domain', 'domain'))
  async list(@Id('domain') domain: string, @Api() api: ApiRequest): Promise<Reply> {
    return listReply('disk_profiles', await this.profiles.listOf(domain), (one) => diskProfileRepresentation(one, api.links));
  }

  @Post()
  @Needs('create_storage_disk_profile', on('storage_domain', 'domain'))
  async add(
    @Id('domain') domain: string,
    @Input({ element: 'disk_profile', schema: newDiskProfileHere, method: 'add' }) input: NewDiskProfileHere,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    const profile = await this.profiles.add({ ...input, storage_domain: { id: domain } }, api.caller.id);
    return created('disk_profile', diskProfileRepresentation(profile, api.links));
  }

  @Get(':id')
  @Reads('disk_profile')
  async get(@Id('domain') domain: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('disk_profile', diskProfileRepresentation(await this.profiles.getOf(domain, id), api.links));
  }

  @Delete(':id')
  @Needs('delete_storage_disk_profile', on('disk_profile'))
  async remove(@Id('domain') domain: string, @Id('id') id: string): Promise<Reply> {
    await this.profiles.getOf(domain, id);
    await this.profiles.remove(id);
    return action(null, 'complete');
  }
}

import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { Api, type ApiRequest } from '../http/api-request';
import { Id, Input } from '../http/input';
import { listReply } from '../http/list-reply';
import { type Reply, action, created, ok } from '../http/reply';
import { Lists, Needs, Reads, ServiceChecks, on } from '../permissions/access.declarations';
import {
  type ChangedVnicProfile,
  type NewVnicProfile,
  type NewVnicProfileHere,
  changedVnicProfile,
  newVnicProfile,
  newVnicProfileHere,
} from './network.input';
import { vnicProfileRepresentation } from './network.representation';
import { VnicProfilesService } from './vnic-profiles.service';

@Controller('api/vnicprofiles')
export class VnicProfilesController {
  constructor(private readonly profiles: VnicProfilesService) {}

  @Get()
  @Lists('vnic_profile')
  async list(@Api() api: ApiRequest): Promise<Reply> {
    return listReply('vnic_profiles', await this.profiles.list(), (one) => vnicProfileRepresentation(one, api.links));
  }

  @Post()
  @ServiceChecks('create_network_vnic_profile')
  async add(
    @Input({ element: 'vnic_profile', schema: newVnicProfile, method: 'add' }) input: NewVnicProfile,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return created('vnic_profile', vnicProfileRepresentation(await this.profiles.add(input, api.caller.id), api.links));
  }

  @Get(':id')
  @Reads('vnic_profile')
  async get(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('vnic_profile', vnicProfileRepresentation(await this.profiles.get(id), api.links));
  }

  @Put(':id')
  @Needs('configure_network_vnic_profile', on('vnic_profile'))
  async update(
    @Id('id') id: string,
    @Input({ element: 'vnic_profile', schema: changedVnicProfile, method: 'update' }) input: ChangedVnicProfile,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return ok('vnic_profile', vnicProfileRepresentation(await this.profiles.update(id, input), api.links));
  }

  @Delete(':id')
  @Needs('delete_network_vnic_profile', on('vnic_profile'))
  async remove(@Id('id') id: string): Promise<Reply> {
    await this.profiles.remove(id);
    return action(null, 'complete');
  }
}

/** The profiles of one network: the same profiles as in `/vnicprofiles`. */
@Controller('api/networks/:network/vnicprofiles')
export class NetworkVnicProfilesController {
  constructor(private readonly profiles: VnicProfilesService) {}

  @Get()
  @Lists('vnic_profile', on('network', 'network'))
  async list(@Id('network') network: string, @Api() api: ApiRequest): Promise<Reply> {
    return listReply('vnic_profiles', await this.profiles.listOf(network), (one) => vnicProfileRepresentation(one, api.links));
  }

  @Post()
  @Needs('create_network_vnic_profile', on('network', 'network'))
  async add(
    @Id('network') network: string,
    @Input({ element: 'vnic_profile', schema: newVnicProfileHere, method: 'add' }) input: NewVnicProfileHere,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return created(
      'vnic_profile',
      vnicProfileRepresentation(await this.profiles.add({ ...input, network: { id: network } }, api.caller.id), api.links),
    );
  }

  @Get(':id')
  @Reads('vnic_profile')
  async get(@Id('network') network: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('vnic_profile', vnicProfileRepresentation(await this.profiles.getOf(network, id), api.links));
  }

  @Delete(':id')
  @Needs('delete_network_vnic_profile', on('vnic_profile'))
  async remove(@Id('network') network: string, @Id('id') id: string): Promise<Reply> {
    await this.profiles.getOf(network, id);
    await this.profiles.remove(id);
    return action(null, 'complete');
  }
}

import { collection, elementNames } from '@clinker/ovirt-api';
import { Controller, Get } from '@nestjs/common';
import { Api, type ApiRequest } from '../http/api-request';
import { Id } from '../http/input';
import { type Reply, ok } from '../http/reply';
import { Administrators } from '../permissions/access.declarations';
import { volumeTypeRepresentation } from './volume-type.representation';
import { VolumeTypesService } from './volume-types.service';

const { volumeType: element, volumeTypes: elements } = elementNames;

@Controller('api/openstackvolumeproviders/:provider/volumetypes')
export class VolumeTypesController {
  constructor(private readonly types: VolumeTypesService) {}

  @Get()
  @Administrators()
  async list(@Id('provider') provider: string, @Api() api: ApiRequest): Promise<Reply> {
    const found = await this.types.list(provider);
    return ok(
      elements,
      collection(
        elements,
        found.map((type) => volumeTypeRepresentation(type, provider, api.links)),
      ),
    );
  }

  @Get(':id')
  @Administrators()
  async get(@Id('provider') provider: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok(element, volumeTypeRepresentation(await this.types.get(provider, id), provider, api.links));
  }
}

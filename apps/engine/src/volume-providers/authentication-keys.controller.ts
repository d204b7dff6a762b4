import { collection, elementNames } from '@clinker/ovirt-api';
import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { Api, type ApiRequest } from '../http/api-request';
import { Id, Input } from '../http/input';
import { type Reply, action, created, ok } from '../http/reply';
import { Administrators, Needs, onSystem } from '../permissions/access.declarations';
import {
  type ChangedAuthenticationKey,
  type NewAuthenticationKey,
  changedAuthenticationKey,
  newAuthenticationKey,
} from './authentication-key.input';
import { authenticationKeyRepresentation } from './authentication-key.representation';
import { AuthenticationKeysService } from './authentication-keys.service';

const { authenticationKey: element, authenticationKeys: elements } = elementNames;

@Controller('api/openstackvolumeproviders/:provider/authenticationkeys')
export class AuthenticationKeysController {
  constructor(private readonly keys: AuthenticationKeysService) {}

  @Get()
  @Administrators()
  async list(@Id('provider') provider: string, @Api() api: ApiRequest): Promise<Reply> {
    const found = await this.keys.list(provider);
    return ok(
      elements,
      collection(
        elements,
        found.map((one) => authenticationKeyRepresentation(one, api.links)),
      ),
    );
  }

  @Post()
  @Needs('create_storage_pool', onSystem)
  async add(
    @Id('provider') provider: string,
    @Input({ element, schema: newAuthenticationKey, method: 'add' }) input: NewAuthenticationKey,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return created(element, authenticationKeyRepresentation(await this.keys.add(provider, input), api.links));
  }

  @Get(':id')
  @Administrators()
  async get(@Id('provider') provider: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok(element, authenticationKeyRepresentation(await this.keys.get(provider, id), api.links));
  }

  @Put(':id')
  @Needs('create_storage_pool', onSystem)
  async update(
    @Id('provider') provider: string,
    @Id('id') id: string,
    @Input({ element, schema: changedAuthenticationKey, method: 'update' }) input: ChangedAuthenticationKey,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return ok(element, authenticationKeyRepresentation(await this.keys.update(provider, id, input), api.links));
  }

  @Delete(':id')
  @Needs('create_storage_pool', onSystem)
  async remove(@Id('provider') provider: string, @Id('id') id: string): Promise<Reply> {
    await this.keys.remove(provider, id);
    return action(null, 'complete');
  }
}

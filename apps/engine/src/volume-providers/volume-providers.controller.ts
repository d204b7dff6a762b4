import { collection, elementNames } from '@clinker/ovirt-api';
import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { NotFoundError, UnsupportedError } from '../errors/domain.errors';
import { Followers } from '../follow/followers';
import { Api, type ApiRequest, flag } from '../http/api-request';
import { Id, Input } from '../http/input';
import { type Reply, action, created, ok } from '../http/reply';
import { Action } from '../http/action.route';
import { Searches, Takes } from '../http/own.parameters';
import { Administrators, Needs, onSystem } from '../permissions/access.declarations';
import { listQuery } from '../search/list-query';
import { DomainAttachmentsService } from '../storage-domains/domain-attachments.service';
import { ProviderRemovalService } from './provider-removal.service';
import { type ChangedVolumeProvider, type NewVolumeProvider, changedVolumeProvider, newVolumeProvider } from './volume-provider.input';
import { volumeProviderRepresentation } from './volume-provider.representation';
import { VolumeProvidersService } from './volume-providers.service';

const { volumeProvider: element, volumeProviders: elements } = elementNames;

/** How long (ms) a request waits for the activation of the new domain: oVirt answers when it is active. */
const PATIENCE_MS = 10_000;

@Controller('api/openstackvolumeproviders')
export class VolumeProvidersController {
  constructor(
    private readonly providers: VolumeProvidersService,
    private readonly removal: ProviderRemovalService,
    private readonly attachments: DomainAttachmentsService,
    followers: Followers,
  ) {
    followers.objects('openstackvolumeproviders', async (ids, { links }) =>
      (await providers.views(await providers.byIds(ids))).map((one) => volumeProviderRepresentation(one, links)),
    );
  }

  @Get()
  @Searches()
  @Administrators()
  async list(@Api() api: ApiRequest): Promise<Reply> {
    const found = await this.providers.views(await this.providers.list(listQuery(api)));
    return ok(
      elements,
      collection(
        elements,
        found.map((one) => volumeProviderRepresentation(one, api.links)),
      ),
    );
  }

  /** The provider is there even if its domain could not be activated: an event tells why, and the domain can be activated again. */
  @Post()
  @Takes({ async: 'Whether the answer comes before the end.' })
  @Needs('create_storage_pool', onSystem)
  async add(
    @Input({ element, schema: newVolumeProvider, method: 'add' }) input: NewVolumeProvider,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    const { provider, operation } = await this.providers.add(input, { correlationId: api.correlationId, ownerId: api.caller.id });
    if (operation && !flag(api, 'async')) await this.attachments.ended(operation, PATIENCE_MS);
    return created(element, await this.represent(provider.id, api));
  }

  @Get(':id')
  @Administrators()
  async get(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok(element, await this.represent(id, api));
  }

  @Put(':id')
  @Needs('create_storage_pool', onSystem)
  async update(
    @Id('id') id: string,
    @Input({ element, schema: changedVolumeProvider, method: 'update' }) input: ChangedVolumeProvider,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    await this.providers.update(id, input);
    return ok(element, await this.represent(id, api));
  }

  @Delete(':id')
  @Takes({ force: 'Whether it goes while it is active too; its disks are forgotten, and their volumes stay.' })
  @Needs('create_storage_pool', onSystem)
  async remove(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    await this.removal.remove(id, flag(api, 'force'));
    return action(null, 'complete');
  }

  @Action(':id/testconnectivity')
  @Needs('create_storage_pool', onSystem)
  async test(@Id('id') id: string): Promise<Reply> {
    await this.providers.test(id);
    return action(null, 'complete');
  }

  @Action(':id/importcertificates')
  @Needs('create_storage_pool', onSystem)
  async importCertificates(@Id('id') id: string): Promise<never> {
    const { name } = await this.providers.get(id);
    throw new UnsupportedError(
      `Cannot import certificates of Provider ${name}. Certificates are not imported: the engine trusts the authorities of its own system.`,
    );
  }

  @Get(':id/certificates')
  @Administrators()
  async certificates(@Id('id') id: string): Promise<Reply> {
    await this.providers.get(id);
    return ok('certificates', collection('certificates', []));
  }

  @Get(':id/certificates/:certificate')
  @Administrators()
  certificate(@Id('certificate') certificate: string): never {
    throw new NotFoundError('Certificate', certificate);
  }

  private async represent(id: string, { links }: ApiRequest): Promise<Reply['body']> {
    const [view] = await this.providers.views([await this.providers.get(id)]);
    if (!view) throw new NotFoundError('Provider', id);
    return volumeProviderRepresentation(view, links);
  }
}

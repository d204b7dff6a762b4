import { type ReferenceInput, collection } from '@clinker/ovirt-api';
import { Controller, Delete, Get, Post } from '@nestjs/common';
import { Followers, listsOf } from '../follow/followers';
import { Api, type ApiRequest, flag } from '../http/api-request';
import { Id, Input } from '../http/input';
import { type Reply, action, created, ok } from '../http/reply';
import { Action } from '../http/action.route';
import { Takes } from '../http/own.parameters';
import { Lists, Needs, Reads, on } from '../permissions/access.declarations';
import { AccessService } from '../permissions/access.service';
import { DomainAttachmentsService, type Requester } from './domain-attachments.service';
import { domainToAttach } from './storage-domain.input';
import { attachedStorageDomainRepresentation } from './storage-domain.representation';
import { StorageDomainsService } from './storage-domains.service';

/** How long (ms) a request waits for the end of its operation: clients expect these actions to be done when they are answered. */
const PATIENCE_MS = 30_000;

const requester = ({ correlationId, caller }: ApiRequest): Requester => ({ correlationId, ownerId: caller.id });

@Controller('api/datacenters/:dc/storagedomains')
export class AttachedStorageDomainsController {
  constructor(
    private readonly attachments: DomainAttachmentsService,
    private readonly domains: StorageDomainsService,
    private readonly access: AccessService,
    followers: Followers,
  ) {
    followers.list('datacenters/storagedomains', 'storage_domains', async (ids, { links }) =>
      listsOf(
        await domains.views(await domains.ofDataCenters(ids)),
        ({ dataCenterId }) => dataCenterId ?? '',
        (one) => attachedStorageDomainRepresentation(one, one.dataCenterId ?? '', links),
      ),
    );
  }

  @Get()
  @Lists('storage_domain')
  async list(@Id('dc') dc: string, @Api() api: ApiRequest): Promise<Reply> {
    const found = await this.domains.views(await this.attachments.list(dc));
    return ok(
      'storage_domains',
      collection(
        'storage_domains',
        found.map((one) => attachedStorageDomainRepresentation(one, dc, api.links)),
      ),
    );
  }

  @Post()
  @Takes({ async: 'Whether the answer comes before the end.' })
  @Needs('manipulate_storage_domain', on('data_center', 'dc'))
  async attach(
    @Id('dc') dc: string,
    @Input({ element: 'storage_domain', schema: domainToAttach, method: 'add' }) input: ReferenceInput,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    const { id } = await this.domains.find(input);
    await this.access.require(api.caller.id, 'manipulate_storage_domain', { type: 'storage_domain', id });
    const operation = await this.attachments.attach(dc, { id }, requester(api));
    if (!flag(api, 'async')) await this.attachments.settled(operation, PATIENCE_MS);
    return created('storage_domain', await this.represent(dc, id, api));
  }

  @Get(':id')
  @Reads('storage_domain')
  async get(@Id('dc') dc: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('storage_domain', await this.represent(dc, id, api));
  }

  @Delete(':id')
  @Needs('manipulate_storage_domain', on('storage_domain'))
  async detach(@Id('dc') dc: string, @Id('id') id: string): Promise<Reply> {
    await this.attachments.detach(dc, id);
    return action(null, 'complete');
  }

  @Action(':id/activate')
  @Needs('manipulate_storage_domain', on('storage_domain'))
  async activate(@Id('dc') dc: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return this.answer(await this.attachments.activate(dc, id, requester(api)), api);
  }

  @Action(':id/deactivate')
  @Needs('manipulate_storage_domain', on('storage_domain'))
  async deactivate(@Id('dc') dc: string, @Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return this.answer(await this.attachments.deactivate(dc, id, requester(api)), api);
  }

  private async represent(dc: string, id: string, { links }: ApiRequest): Promise<Reply['body']> {
    return attachedStorageDomainRepresentation(await this.domains.view(await this.attachments.get(dc, id)), dc, links);
  }

  private async answer(operation: Awaited<ReturnType<DomainAttachmentsService['activate']>>, api: ApiRequest): Promise<Reply> {
    const finished = await this.attachments.settled(operation, flag(api, 'async') ? 0 : PATIENCE_MS);
    return action(api.links.reference('jobs', operation.id), finished ? 'complete' : 'pending');
  }
}

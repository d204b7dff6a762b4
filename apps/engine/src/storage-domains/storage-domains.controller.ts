import { collection } from '@clinker/ovirt-api';
import { Controller, Delete, Get, Post, Put } from '@nestjs/common';
import { UnsupportedError } from '../errors/domain.errors';
import { Followers } from '../follow/followers';
import { Api, type ApiRequest, flag } from '../http/api-request';
import { emptyCollection } from '../http/empty-collection';
import { Id, Input } from '../http/input';
import { type Reply, action, ok } from '../http/reply';
import { Action } from '../http/action.route';
import { Searches, Takes } from '../http/own.parameters';
import { Lists, Needs, Reads, on, onSystem } from '../permissions/access.declarations';
import { AccessService } from '../permissions/access.service';
import { SYSTEM } from '../permissions/object.tree';
import { listQuery } from '../search/list-query';
import { ProviderRemovalService } from '../volume-providers/provider-removal.service';
import { type ChangedStorageDomain, changedStorageDomain } from './storage-domain.input';
import { emptyStorageDomainCollections, storageDomainRepresentation } from './storage-domain.representation';
import { StorageDomainsService } from './storage-domains.service';

@Controller('api/storagedomains')
export class StorageDomainsController {
  constructor(
    private readonly domains: StorageDomainsService,
    private readonly removal: ProviderRemovalService,
    private readonly access: AccessService,
    followers: Followers,
  ) {
    followers.objects('storagedomains', async (ids, { links }) =>
      (await domains.views(await domains.byIds(ids))).map((one) => storageDomainRepresentation(one, links)),
    );
    followers.empty('storagedomains', emptyStorageDomainCollections);
  }

  @Get()
  @Searches()
  @Lists('storage_domain')
  async list(@Api() api: ApiRequest): Promise<Reply> {
    const found = await this.domains.views(await this.domains.list(listQuery(api)));
    return ok(
      'storage_domains',
      collection(
        'storage_domains',
        found.map((one) => storageDomainRepresentation(one, api.links)),
      ),
    );
  }

  @Post()
  @Needs('create_storage_domain', onSystem)
  add(): never {
    return this.domains.add();
  }

  @Get(':id')
  @Reads('storage_domain')
  async get(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    return ok('storage_domain', storageDomainRepresentation(await this.domains.view(await this.domains.get(id)), api.links));
  }

  @Put(':id')
  @Needs('edit_storage_domain_configuration', on('storage_domain'))
  async update(
    @Id('id') id: string,
    @Input({ element: 'storage_domain', schema: changedStorageDomain, method: 'update' }) input: ChangedStorageDomain,
    @Api() api: ApiRequest,
  ): Promise<Reply> {
    return ok('storage_domain', storageDomainRepresentation(await this.domains.view(await this.domains.update(id, input)), api.links));
  }

  @Delete(':id')
  @Takes({ destroy: 'Whether it goes from maintenance too; its disks are forgotten, and their volumes stay.' })
  @Needs('delete_storage_domain', on('storage_domain'))
  async remove(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    await this.access.require(api.caller.id, 'create_storage_pool', SYSTEM);
    await this.removal.removeDomain(id, flag(api, 'destroy'));
    return action(null, 'complete');
  }

  @Action(':id/isattached')
  @Reads('storage_domain')
  async isAttached(@Id('id') id: string): Promise<Reply> {
    const { dataCenterId } = await this.domains.get(id);
    return ok('action', { is_attached: dataCenterId !== null, status: 'complete' });
  }

  @Action([':id/reduceluns', ':id/refreshluns', ':id/updateovfstore'])
  @Reads('storage_domain')
  async unsupported(@Id('id') id: string): Promise<never> {
    const { name } = await this.domains.get(id);
    throw new UnsupportedError(`Cannot do this with the Storage Domain ${name}. The action is not supported for Cinder storage.`);
  }

  @Get(Object.keys(emptyStorageDomainCollections).map((segment) => `:id/${segment}`))
  @Reads('storage_domain')
  async empty(@Id('id') id: string, @Api() api: ApiRequest): Promise<Reply> {
    await this.domains.get(id);
    return emptyCollection(api, emptyStorageDomainCollections);
  }
}

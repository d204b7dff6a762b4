import { messages, renderMessage } from '@clinker/ovirt-api';
import type { Operation } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager, In } from 'typeorm';
import { passwordPlace } from '../cinder/cinder.account';
import { findDataCenter } from '../data-centers/data-center.lookup';
import { brokenUniqueConstraint } from '../database/constraint.violation';
import { rowsByIds } from '../database/rows.by-ids';
import { DiskProfile } from '../disk-profiles/disk-profile.entity';
import { SecretBox } from '../encryption/secret-box';
import { ConflictError, NotFoundError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { permitEverybody } from '../permissions/creator.permission';
import { enumField, idField } from '../search/field.kinds';
import type { ListQuery } from '../search/list-query';
import { type Searchable, applySearch } from '../search/search.sql';
import { DomainAttachmentsService, type Requester } from '../storage-domains/domain-attachments.service';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import { type ProviderAccount, changedAccount, newAccount } from './provider.account';
import { checkAccount } from './provider.check';
import { VolumeProvider } from './volume-provider.entity';
import type { ChangedVolumeProvider, NewVolumeProvider } from './volume-provider.input';
import type { VolumeProviderView } from './volume-provider.representation';

const OTHER_TYPES = ['KVM', 'XEN', 'VMWARE', 'FOREMAN', 'EXTERNAL_NETWORK', 'OPENSTACK_NETWORK', 'OPENSTACK_IMAGE', 'KUBEVIRT'];

const SEARCHABLE: Searchable = {
  fields: {
    id: idField('provider.id'),
    name: 'provider.name',
    description: 'provider.description',
    type: enumField("'OPENSTACK_VOLUME'", ['OPENSTACK_VOLUME'], { never: OTHER_TYPES }),
    url: "coalesce(provider.url, '')",
  },
  defaultSort: 'name',
  freeText: ['name', 'description', 'url'],
};

/** The unique constraint of Cinder's endpoints. The others are of names: the provider's and its domain's. */
const ENDPOINT = 'volume_provider_endpoint';

function failed(error: unknown, action: string): unknown {
  const constraint = brokenUniqueConstraint(error);
  if (constraint === undefined) return error;
  if (constraint === ENDPOINT)
    return new ConflictError(`Cannot ${action} Provider. ${messages.ACTION_TYPE_FAILED_CINDER_ALREADY_EXISTS.text}`);
  const type = constraint.startsWith('storage_domain') ? 'Storage Domain' : 'Provider';
  return new ConflictError(renderMessage(messages.NAME_ALREADY_USED, { action, type }));
}

/** The volume providers: Cinders, each with the one storage domain that is made of it. */
@Injectable()
export class VolumeProvidersService {
  constructor(
    private readonly db: EntityManager,
    private readonly secrets: SecretBox,
    private readonly attachments: DomainAttachmentsService,
    private readonly events: EventsService,
  ) {}

  list(query: ListQuery): Promise<VolumeProvider[]> {
    return applySearch(this.db.createQueryBuilder(VolumeProvider, 'provider'), SEARCHABLE, query).getMany();
  }

  /** Providers by their ids; those that are gone are left out. */
  byIds(ids: readonly string[]): Promise<VolumeProvider[]> {
    return rowsByIds(this.db, VolumeProvider, ids);
  }

  /** @throws NotFoundError */
  async get(id: string): Promise<VolumeProvider> {
    const found = await this.db.findOneBy(VolumeProvider, { id });
    if (!found) throw new NotFoundError('Provider', id);
    return found;
  }

  /** Adds where the providers' domains are attached. */
  async views(providers: readonly VolumeProvider[]): Promise<VolumeProviderView[]> {
    const domains = await this.db.findBy(StorageDomain, { providerId: In(providers.map(({ id }) => id)) });
    const dataCenters = new Map(domains.map(({ providerId, dataCenterId }) => [providerId, dataCenterId]));
    return providers.map((provider) => ({ ...provider, dataCenterId: dataCenters.get(provider.id) ?? null }));
  }

  /**
   * Adds a provider and its domain, after its account was tried for real. With a data center the domain is attached there,
   * and its activation has begun: `operation`.
   * @throws NotFoundError, ConflictError, InvalidInputError, IncompleteInputError, UnsupportedError, BackendError
   */
  async add(input: NewVolumeProvider, requester: Requester): Promise<{ provider: VolumeProvider; operation: Operation | null }> {
    const account = newAccount(input);
    const dataCenter = input.data_center ? await findDataCenter(this.db, input.data_center) : null;
    await this.refuseUsedName(input.name);
    const { cinderUrl: endpoint } = await checkAccount(account, 'add');
    const id = randomUUID();
    const { name, description = '' } = input;
    const row = { id, name, description, requiresAuthentication: true, endpoint, version: 1, ...this.sealed(id, account) };
    const operation = await this.db
      .transaction((tx) => this.store(tx, row, dataCenter?.id ?? null, requester))
      .catch((error: unknown) => {
        throw failed(error, 'add');
      });
    return { provider: await this.get(id), operation };
  }

  /** Another account is tried for real before it is stored; the password is kept if none is given. The domain is renamed as well. */
  async update(id: string, input: ChangedVolumeProvider): Promise<VolumeProvider> {
    const provider = await this.get(id);
    const account = changedAccount(this.accountOf(provider), input);
    const endpoint = account ? await this.checkChange(provider, account) : provider.endpoint;
    const { name = provider.name, description = provider.description } = input;
    const row = { name, description, endpoint, version: provider.version + 1, ...(account && this.sealed(id, account)) };
    await this.db
      .transaction(async (tx) => {
        const { affected } = await tx.update(VolumeProvider, { id, version: provider.version }, row);
        if (affected !== 1) throw new ConflictError(renderMessage(messages.OBJECT_LOCKED, { action: 'edit', type: 'Provider' }));
        if (name !== provider.name) await tx.update(StorageDomain, { providerId: id }, { name });
        await this.events.record('PROVIDER_UPDATED', `Provider ${name} was updated.`, {}, tx);
      })
      .catch((error: unknown) => {
        throw failed(error, 'edit');
      });
    return this.get(id);
  }

  /** Tries the stored account for real. @throws NotFoundError, InvalidInputError, ConflictError, BackendError */
  async test(id: string): Promise<void> {
    await checkAccount(this.accountOf(await this.get(id)), 'test connectivity of');
  }

  private async store(
    tx: EntityManager,
    row: Omit<VolumeProvider, 'version'>,
    dataCenterId: string | null,
    requester: Requester,
  ): Promise<Operation | null> {
    const { id: providerId, name, description } = row;
    const domainId = randomUUID();
    const domain = { id: domainId, name, description, comment: '', type: 'volume' as const, storageType: 'cinder' as const, providerId };
    await tx.insert(VolumeProvider, row);
    await tx.insert(StorageDomain, { ...domain, dataCenterId: null, status: 'unattached', availableBytes: null, usedBytes: null });
    const profileId = randomUUID();
    await tx.insert(DiskProfile, { id: profileId, name, storageDomainId: domainId });
    await permitEverybody(tx, 'disk_profile', profileId);
    await this.events.record('PROVIDER_ADDED', `Provider ${name} was added.`, { storageDomainId: domainId }, tx);
    return dataCenterId === null ? null : this.attachments.attachIn(tx, dataCenterId, domainId, requester);
  }

  /** Before the test of the account, which takes time; that two do not add the same at once is the database's business. */
  private async refuseUsedName(name: string): Promise<void> {
    const used = (await this.db.existsBy(VolumeProvider, { name }))
      ? 'Provider'
      : (await this.db.existsBy(StorageDomain, { name }))
        ? 'Storage Domain'
        : null;
    if (used) throw new ConflictError(renderMessage(messages.NAME_ALREADY_USED, { action: 'add', type: used }));
  }

  /** Volumes of the disks must stay reachable: an account of another project would lose them. */
  private async checkChange(provider: VolumeProvider, account: ProviderAccount): Promise<string> {
    const { cinderUrl, projectId } = await checkAccount(account, 'edit');
    const sameProject = provider.endpoint === null || provider.endpoint.endsWith(`/${projectId}`);
    if (sameProject) return cinderUrl;
    const [disks] = await this.db.query<{ some: boolean }[]>(
      'SELECT EXISTS (SELECT FROM disk JOIN storage_domain sd ON sd.id = disk.storage_domain_id WHERE sd.provider_id = $1) AS some',
      [provider.id],
    );
    if (disks?.some)
      throw new ConflictError('Cannot edit Provider. Its disks are volumes of another project, which this account could not reach.');
    return cinderUrl;
  }

  private accountOf(provider: VolumeProvider): ProviderAccount {
    const { id, url, authenticationUrl, username, tenantName, userDomainName, projectDomainName, passwordSealed } = provider;
    const password = this.secrets.open(passwordSealed, passwordPlace(id));
    return { url, authenticationUrl, username, password, tenantName, userDomainName, projectDomainName };
  }

  private sealed(id: string, { password, ...account }: ProviderAccount): Omit<ProviderAccount, 'password'> & { passwordSealed: string } {
    return { ...account, passwordSealed: this.secrets.seal(password, passwordPlace(id)) };
  }
}

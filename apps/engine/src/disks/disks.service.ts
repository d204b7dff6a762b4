import { bytesToGiB } from '@clinker/cinder';
import { messages, renderMessage } from '@clinker/ovirt-api';
import { type Operation, Operations } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EntityManager } from 'typeorm';
import { referred } from '../database/row.access';
import { dataCenterFields } from '../data-centers/data-center.columns';
import { brokenUniqueConstraint } from '../database/constraint.violation';
import { rememberedByIds } from '../database/rows.by-ids';
import { rememberedRows } from '../database/remembered.rows';
import { findDiskProfile } from '../disk-profiles/disk-profile.lookup';
import { ConflictError, IncompleteInputError, NotFoundError } from '../errors/domain.errors';
import { eventFields } from '../events/event.columns';
import type { RequestOrigin } from '../http/request-origin';
import { type OperationEnd, endFault, endOf } from '../sagas/operation.end';
import type { ListQuery } from '../search/list-query';
import { findQuota } from '../quotas/consumers';
import { rememberedList } from '../search/remembered.list';
import { type Searchable, applySearch } from '../search/search.sql';
import { storageDomainFields } from '../storage-domains/storage-domain.columns';
import { StorageDomain } from '../storage-domains/storage-domain.entity';
import { vmFields } from '../vms/vm.columns';
import type { CreateDisk } from './create-disk.saga';
import { DiskChangesService } from './disk-changes.service';
import { diskFields } from './disk.columns';
import { Disk, type DiskId } from './disk.entity';
import type { NewDisk } from './disk.input';
import { refuseUnsupported } from './disk.rules';
import { VolumeLimitsService } from './volume-limits.service';

const ADD = { action: 'add', type: 'Virtual Disk' } as const;

/** How long (ms) a client is kept waiting that wants to wait. */
const CREATED_WITHIN_MS = 120_000;
const REMOVED_WITHIN_MS = 20_000;

const DATA_CENTERS = 'storage_domain sd JOIN data_center dc ON dc.id = sd.data_center_id WHERE sd.id = disk.storage_domain_id';

const SEARCHABLE: Searchable = {
  fields: diskFields('disk'),
  references: {
    storage: { from: 'storage_domain sd WHERE sd.id = disk.storage_domain_id', fields: storageDomainFields('sd') },
    datacenter: { from: DATA_CENTERS, fields: dataCenterFields('dc') },
    vm: { from: 'disk_attachment da JOIN vm v ON v.id = da.vm_id WHERE da.disk_id = disk.id', fields: vmFields('v') },
    event: { from: 'event e WHERE e.disk_id = disk.id', fields: eventFields('e') },
  },
  defaultSort: 'name',
  freeText: ['name', 'description'],
};

const disksByIds = rememberedByIds(Disk);
const disksOfDomains = rememberedByIds(Disk, 'storageDomainId');

/** What a new disk is, beside size, type and profile. */
function settingsOfNew(input: NewDisk, defaultName?: string) {
  const id = (input.id ?? randomUUID()) as DiskId;
  return {
    id,
    name: input.name ?? input.alias ?? defaultName ?? `disk-${id.slice(0, 8)}`,
    description: input.description ?? '',
    format: input.format,
    sparse: input.sparse ?? true,
    shareable: input.shareable ?? false,
    wipeAfterDelete: input.wipe_after_delete ?? false,
    propagateErrors: input.propagate_errors ?? false,
  };
}

/** Looks at disks, and begins their creation and removal. */
@Injectable()
export class DisksService {
  constructor(
    private readonly db: EntityManager,
    private readonly limits: VolumeLimitsService,
    private readonly operations: Operations,
    readonly changes: DiskChangesService,
  ) {}

  /** @throws SearchSyntaxError, InvalidInputError */
  list(query: ListQuery): Promise<readonly Disk[]> {
    return rememberedList(this.db, [Disk, 'disk'], SEARCHABLE, query);
  }

  /** The disks of one domain. @throws NotFoundError, SearchSyntaxError, InvalidInputError */
  async listOf(storageDomainId: string, query: ListQuery): Promise<readonly Disk[]> {
    if (!(await this.db.existsBy(StorageDomain, { id: storageDomainId }))) throw new NotFoundError('Storage Domain', storageDomainId);
    const builder = this.db.createQueryBuilder(Disk, 'disk').where('disk.storageDomainId = :storageDomainId', { storageDomainId });
    return rememberedRows(this.db, applySearch(builder, SEARCHABLE, query));
  }

  /** Disks by their ids; those that are gone are left out. */
  byIds(ids: readonly string[]): Promise<readonly Disk[]> {
    return disksByIds(this.db, ids);
  }

  /** The disks of these domains. */
  ofStorageDomains(ids: readonly string[]): Promise<readonly Disk[]> {
    return disksOfDomains(this.db, ids);
  }

  /** @throws NotFoundError */
  async get(id: string): Promise<Disk> {
    const disk = await this.db.findOneBy(Disk, { id: id as DiskId });
    if (!disk) throw new NotFoundError('Disk', id);
    return disk;
  }

  /** A disk of this domain. @throws NotFoundError */
  async getOf(storageDomainId: string, id: string): Promise<Disk> {
    const disk = await this.get(id);
    if (disk.storageDomainId !== storageDomainId) throw new NotFoundError('Disk', id);
    return disk;
  }

  /**
   * Checks a new disk against everything that is known, Cinder's types and quotas included, and says what its creation starts with.
   * @param defaultName for a client that gives none
   * @throws NotFoundError, ConflictError, IncompleteInputError, UnsupportedError, LimitExceededError, BackendError
   */
  async plan(input: NewDisk, defaultName?: string): Promise<CreateDisk> {
    refuseUnsupported(input, 'add');
    const domain = await this.domainOf(input);
    const sizeGiB = bytesToGiB(input.provisioned_size);
    const diskProfileId = (await findDiskProfile(this.db, domain.id, input.disk_profile)) ?? null;
    const quotaId = (await findQuota(this.db, domain.dataCenterId, input.quota)) ?? null;
    const settings = settingsOfNew(input, defaultName);
    const volumeType = await this.limits.check(domain, { claim: settings.id, sizeGiB, type: input.openstack_volume_type });
    if (input.shareable) await this.limits.requireMultiattachType(domain, volumeType);
    const disk = { ...settings, sizeGiB, volumeType, diskProfileId, quotaId };
    return { disk, storageDomainId: domain.id, providerId: domain.providerId };
  }

  /** Begins the creation of a planned disk; its row is there at once. @throws ConflictError */
  async create(plan: CreateDisk, origin: RequestOrigin, tx?: EntityManager): Promise<Operation> {
    const { activeInVmId } = plan;
    const subjects = [{ type: 'disk', id: plan.disk.id }, ...(activeInVmId ? [{ type: 'vm', id: activeInVmId }] : [])];
    try {
      return await this.operations.start('create-disk', { ...plan, creatorId: origin.ownerId }, { ...origin, subjects }, tx);
    } catch (error) {
      this.limits.settled(plan.disk.id);
      if (brokenUniqueConstraint(error) === undefined) throw error;
      throw new ConflictError(`Cannot add Virtual Disk. There is already a disk with the id ${plan.disk.id}.`, { cause: error });
    }
  }

  /**
   * Begins to add a disk, and waits for its end if the client wants that.
   * @throws what {@link plan} throws; BackendError if it is waited for and fails
   */
  async add(input: NewDisk, origin: RequestOrigin, wait: boolean): Promise<Disk> {
    const plan = await this.plan(input);
    const { id } = await this.create(plan, origin);
    const end = wait ? await endOf(this.operations, id, CREATED_WITHIN_MS) : undefined;
    if (end?.status === 'failed') throw endFault(end.reason, 'Cannot add Virtual Disk.');
    return this.get(plan.disk.id);
  }

  /** Begins the removal of a disk. @throws NotFoundError, ConflictError */
  async remove(id: string, origin: RequestOrigin, tx?: EntityManager): Promise<Operation> {
    const { name } = await this.get(id);
    return this.operations.start('remove-disk', { diskId: id, diskName: name }, { ...origin, subjects: [{ type: 'disk', id }] }, tx);
  }

  /** Waits some time for the end of a removal. @throws ConflictError if the disk stays */
  async removed({ id }: Operation): Promise<OperationEnd['status']> {
    const end = await endOf(this.operations, id, REMOVED_WITHIN_MS);
    if (end.status === 'failed') throw new ConflictError(end.reason);
    return end.status;
  }

  /** @throws IncompleteInputError, NotFoundError, ConflictError */
  private async domainOf({ storage_domain, storage_domains }: Pick<NewDisk, 'storage_domain' | 'storage_domains'>): Promise<StorageDomain> {
    const wanted = storage_domain ?? storage_domains?.[0];
    if (!wanted) throw new IncompleteInputError('Disk [storageDomains] required for add');
    const { id, name } = wanted;
    const domain = await this.db.findOneBy(StorageDomain, referred({ id, name }));
    if (!domain) throw new NotFoundError('Storage Domain', id ?? name ?? '');
    if (domain.status === 'active') return domain;
    throw new ConflictError(renderMessage(messages.STORAGE_DOMAIN_STATUS_ILLEGAL, { ...ADD, status: domain.status }));
  }
}

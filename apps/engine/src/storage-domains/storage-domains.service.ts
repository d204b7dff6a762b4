import type { ReferenceInput } from '@clinker/ovirt-api';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { dataCenterFields } from '../data-centers/data-center.columns';
import { referred, refuseUsedName, updateGiven } from '../database/row.access';
import { rowsByIds } from '../database/rows.by-ids';
import { diskFields } from '../disks/disk.columns';
import { NotFoundError, UnsupportedError } from '../errors/domain.errors';
import { eventFields } from '../events/event.columns';
import { EventsService } from '../events/events.service';
import type { ListQuery } from '../search/list-query';
import { type Searchable, applySearch } from '../search/search.sql';
import { vmFields } from '../vms/vm.columns';
import { storageDomainFields } from './storage-domain.columns';
import { StorageDomain } from './storage-domain.entity';
import type { ChangedStorageDomain } from './storage-domain.input';
import type { StorageDomainView } from './storage-domain.representation';
import { hostFields } from '../hosts/host.columns';
import { clusterFields } from '../clusters/cluster.columns';

const VMS = 'disk d JOIN disk_attachment da ON da.disk_id = d.id JOIN vm v ON v.id = da.vm_id WHERE d.storage_domain_id = domain.id';

const SEARCHABLE: Searchable = {
  fields: storageDomainFields('domain'),
  references: {
    datacenter: { from: 'data_center dc WHERE dc.id = domain.data_center_id', fields: dataCenterFields('dc') },
    cluster: { from: 'cluster c WHERE c.data_center_id = domain.data_center_id', fields: clusterFields('c') },
    host: {
      from: 'cluster c JOIN host h ON h.cluster_id = c.id WHERE c.data_center_id = domain.data_center_id',
      fields: hostFields('h'),
    },
    disk: { from: 'disk d WHERE d.storage_domain_id = domain.id', fields: diskFields('d') },
    vm: { from: VMS, fields: vmFields('v') },
    event: { from: 'event e WHERE e.storage_domain_id = domain.id', fields: eventFields('e') },
  },
  defaultSort: 'name',
  freeText: ['name', 'description', 'comment'],
};

const COMMITTED = `SELECT storage_domain_id AS id, sum(provisioned_size)::bigint AS bytes FROM disk WHERE storage_domain_id = ANY($1) GROUP BY 1`;

/** The storage domains, wherever they are attached. */
@Injectable()
export class StorageDomainsService {
  constructor(
    private readonly db: EntityManager,
    private readonly events: EventsService,
  ) {}

  list(query: ListQuery): Promise<StorageDomain[]> {
    return applySearch(this.db.createQueryBuilder(StorageDomain, 'domain'), SEARCHABLE, query).getMany();
  }

  /** Domains by their ids; those that are gone are left out. */
  byIds(ids: readonly string[]): Promise<StorageDomain[]> {
    return rowsByIds(this.db, StorageDomain, ids);
  }

  /** The domains that are attached to these data centers. */
  ofDataCenters(ids: readonly string[]): Promise<StorageDomain[]> {
    return rowsByIds(this.db, StorageDomain, ids, 'dataCenterId');
  }

  /** @throws NotFoundError */
  async get(id: string): Promise<StorageDomain> {
    return this.find({ id });
  }

  /** The domain that a client names by id or name. @throws NotFoundError */
  async find({ id, name }: ReferenceInput): Promise<StorageDomain> {
    const found = await this.db.findOneBy(StorageDomain, referred({ id, name }));
    if (!found) throw new NotFoundError('Storage Domain', id ?? name ?? '');
    return found;
  }

  /** Adds what is counted from the disks. */
  async views(domains: readonly StorageDomain[]): Promise<StorageDomainView[]> {
    const counted = await this.db.query<{ id: string; bytes: string }[]>(COMMITTED, [domains.map(({ id }) => id)]);
    const committed = new Map(counted.map(({ id, bytes }) => [id, Number(bytes)]));
    return domains.map((domain) => ({ ...domain, committedBytes: committed.get(domain.id) ?? 0 }));
  }

  /** {@link views} of one. */
  async view(domain: StorageDomain): Promise<StorageDomainView> {
    const [view] = await this.views([domain]);
    return view ?? { ...domain, committedBytes: 0 };
  }

  /** @throws NotFoundError, ConflictError */
  async update(id: string, changes: ChangedStorageDomain): Promise<StorageDomain> {
    const domain = await this.get(id);
    const {
      warning_low_space_indicator: warningLowSpaceIndicator,
      critical_space_action_blocker: criticalSpaceActionBlocker,
      ...texts
    } = changes;
    const given = { ...texts, warningLowSpaceIndicator, criticalSpaceActionBlocker };
    await this.db
      .transaction(async (tx) => {
        await updateGiven(tx, StorageDomain, { id }, given);
        const { name = domain.name } = texts;
        await this.events.record('DOMAIN_UPDATED', `Storage Domain ${name} was updated.`, { storageDomainId: id }, tx);
      })
      .catch(refuseUsedName('edit', 'Storage Domain'));
    return this.get(id);
  }

  /** @throws UnsupportedError always */
  add(): never {
    throw new UnsupportedError(
      'Cannot add Storage Domain. This type of Storage Domain is not supported. A Storage Domain on Cinder comes with its volume provider: add that to openstackvolumeproviders.',
    );
  }
}

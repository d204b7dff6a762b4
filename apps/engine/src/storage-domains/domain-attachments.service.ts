import type { ReferenceInput } from '@clinker/ovirt-api';
import { type Operation, Operations } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { findDataCenter } from '../data-centers/data-center.lookup';
import { ConflictError, NotFoundError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import type { RequestOrigin } from '../http/request-origin';
import { UNKNOWN_CAPACITY } from './domain.capacity';
import { takeDomain } from './domain.lock';
import type { DomainState } from './domain.state';
import { domainStatuses } from './domain.statuses';
import { refuseDisks } from './domain.use';
import { StorageDomain } from './storage-domain.entity';
import { StorageDomainsService } from './storage-domains.service';

/** Who asks, and under which correlation id. */
export type Requester = RequestOrigin;

type DomainSaga = 'activate-domain' | 'deactivate-domain';

const stateOf = ({ id, name, providerId, dataCenterId }: StorageDomain & { dataCenterId: string }): DomainState => ({
  domainId: id,
  domainName: name,
  providerId,
  dataCenterId,
});

/** Storage domains in data centers: attached, active, in maintenance, detached. */
@Injectable()
export class DomainAttachmentsService {
  constructor(
    private readonly db: EntityManager,
    private readonly operations: Operations,
    private readonly domains: StorageDomainsService,
    private readonly events: EventsService,
  ) {}

  /** @throws NotFoundError if there is no such data center */
  async list(dataCenterId: string): Promise<StorageDomain[]> {
    await findDataCenter(this.db, { id: dataCenterId });
    return this.db.find(StorageDomain, { where: { dataCenterId }, order: { name: 'ASC' } });
  }

  /** @throws NotFoundError if the domain is not attached to this data center */
  async get(dataCenterId: string, id: string): Promise<StorageDomain & { dataCenterId: string }> {
    const domain = await this.db.findOneBy(StorageDomain, { id, dataCenterId });
    if (!domain) throw new NotFoundError('Storage Domain', id);
    return { ...domain, dataCenterId };
  }

  /** Attaches the domain that a client names and begins to activate it. @throws NotFoundError, ConflictError */
  async attach(dataCenterId: string, reference: ReferenceInput, requester: Requester): Promise<Operation> {
    await findDataCenter(this.db, { id: dataCenterId });
    const { id } = await this.domains.find(reference);
    return this.db.transaction((tx) => this.attachIn(tx, dataCenterId, id, requester));
  }

  /** {@link attach}, as a part of a larger transaction. */
  async attachIn(tx: EntityManager, dataCenterId: string, domainId: string, requester: Requester): Promise<Operation> {
    const domain = await takeDomain(tx, domainId, { action: 'attach', allowed: ['unattached'] });
    await domainStatuses.move(tx, domainId, { from: 'unattached', to: 'maintenance' }, { dataCenterId });
    const references = { storageDomainId: domainId, dataCenterId };
    await this.events.record('DOMAIN_ATTACHED', `Storage Domain ${domain.name} was attached to its Data Center.`, references, tx);
    return this.start('activate-domain', { ...domain, dataCenterId }, requester, tx);
  }

  /** Begins to activate a domain. @throws NotFoundError, ConflictError */
  async activate(dataCenterId: string, id: string, requester: Requester): Promise<Operation> {
    return this.start('activate-domain', await this.get(dataCenterId, id), requester);
  }

  /** Begins to put a domain into maintenance. @throws NotFoundError, ConflictError while it is used */
  async deactivate(dataCenterId: string, id: string, requester: Requester): Promise<Operation> {
    return this.start('deactivate-domain', await this.get(dataCenterId, id), requester);
  }

  /** Only from maintenance, and without disks. @throws NotFoundError, ConflictError */
  async detach(dataCenterId: string, id: string): Promise<void> {
    const { name } = await this.get(dataCenterId, id);
    await this.db.transaction(async (tx) => {
      await takeDomain(tx, id, { action: 'detach', allowed: ['maintenance'] });
      await refuseDisks(tx, id);
      await domainStatuses.move(tx, id, { from: 'maintenance', to: 'unattached' }, { dataCenterId: null, ...UNKNOWN_CAPACITY });
      const references = { storageDomainId: id, dataCenterId };
      await this.events.record('DOMAIN_DETACHED', `Storage Domain ${name} was detached from its Data Center.`, references, tx);
    });
  }

  /** Waits until the operation has ended, at most so long (ms), and gives it as it is then. */
  async ended({ id }: Operation, withinMs: number): Promise<Operation> {
    return this.operations.ended(id, withinMs);
  }

  /**
   * The same for those who want it to have finished: true if it has, false if it still runs.
   * @throws ConflictError with the reason if it has failed
   */
  async settled(operation: Operation, withinMs: number): Promise<boolean> {
    const { status, error, description } = await this.ended(operation, withinMs);
    if (status === 'failed') throw new ConflictError(`${description} has failed. ${error ?? ''}`);
    return status === 'finished';
  }

  private start(
    saga: DomainSaga,
    domain: StorageDomain & { dataCenterId: string },
    requester: Requester,
    tx?: EntityManager,
  ): Promise<Operation> {
    const subjects = [{ type: 'storage_domain', id: domain.id }];
    return this.operations.start(saga, stateOf(domain), { ...requester, subjects }, tx);
  }
}

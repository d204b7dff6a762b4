import type { Saga, SagaOutcome, Step, StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ConflictError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { HostSecretsClient } from '../volume-providers/host-secrets.client';
import { HostSecretsService } from '../volume-providers/host-secrets.service';
import { takeDomain } from './domain.lock';
import { type DomainState, domainState } from './domain.state';
import { refuseRunningTasks, refuseRunningVms } from './domain.use';
import { StorageDomain } from './storage-domain.entity';

/** Puts a domain that nothing uses into maintenance, and takes its keys from the hosts. */
@Injectable()
export class DeactivateDomainSaga implements Saga<DomainState> {
  readonly name = 'deactivate-domain';
  readonly state = domainState;
  readonly steps: readonly Step<DomainState>[] = [
    {
      kind: 'transaction',
      name: 'Lock the storage domain',
      run: (state, tx) => this.lock(state, tx),
      undo: (state, tx) => this.unlock(state, tx),
    },
    { kind: 'call', name: 'Take the keys from the hosts', run: (state, ctx) => this.takeKeys(state, ctx) },
    { kind: 'transaction', name: 'Put the storage domain into maintenance', run: (state, tx) => this.maintain(state, tx) },
  ];

  constructor(
    private readonly secrets: HostSecretsService,
    private readonly hosts: HostSecretsClient,
    private readonly events: EventsService,
  ) {}

  describe({ domainName }: DomainState): string {
    return `Deactivating Storage Domain ${domainName}`;
  }

  async ended(state: DomainState, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    const { domainId: storageDomainId, dataCenterId, domainName } = state;
    const [kind, text] =
      outcome.status === 'finished'
        ? (['DOMAIN_DEACTIVATED', `Storage Domain ${domainName} was deactivated and is in maintenance.`] as const)
        : (['DOMAIN_DEACTIVATE_FAILED', `Failed to deactivate Storage Domain ${domainName}: ${outcome.reason}`] as const);
    await this.events.record(kind, text, { storageDomainId, dataCenterId }, tx);
  }

  /** Who begins to use a disk holds the domain's row meanwhile (holdActiveDomains): so nothing begins between the look and the lock. */
  private async lock({ domainId }: DomainState, tx: EntityManager): Promise<Partial<DomainState>> {
    const { status } = await takeDomain(tx, domainId, { action: 'deactivate', allowed: ['active', 'inactive'] });
    await refuseRunningTasks(tx, domainId, 'deactivate', 'Storage Domain');
    await refuseRunningVms(tx, domainId, 'deactivate', 'Storage Domain');
    await tx.update(StorageDomain, { id: domainId }, { status: 'preparing_for_maintenance' });
    await this.secrets.bump(tx);
    return { previousStatus: status === 'inactive' ? 'inactive' : 'active' };
  }

  private async unlock({ domainId, previousStatus = 'active' }: DomainState, tx: EntityManager): Promise<void> {
    await tx.update(StorageDomain, { id: domainId, status: 'preparing_for_maintenance' }, { status: previousStatus });
    await this.secrets.bump(tx);
  }

  /** A host that cannot be reached loses them when it can be: the reconciler sees to it. */
  private async takeKeys({ dataCenterId }: DomainState, { operationId }: StepContext): Promise<Partial<DomainState>> {
    return { hostsNotReady: await this.hosts.giveAll(dataCenterId, operationId) };
  }

  private async maintain({ domainId }: DomainState, tx: EntityManager): Promise<void> {
    const { affected } = await tx.update(StorageDomain, { id: domainId, status: 'preparing_for_maintenance' }, { status: 'maintenance' });
    if (affected !== 1) throw new ConflictError('The Storage Domain is no longer being deactivated.');
  }
}

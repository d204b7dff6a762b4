import { isCinderError, type CinderReader } from '@clinker/cinder';
import type { Saga, SagaOutcome, Step, StepContext } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CinderReaders } from '../cinder/cinder.readers';
import { ConflictError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { outside } from '../sagas/step.errors';
import { HostSecretsClient } from '../volume-providers/host-secrets.client';
import { HostSecretsService } from '../volume-providers/host-secrets.service';
import { type DomainCapacity, UNKNOWN_CAPACITY, capacityOf } from './domain.capacity';
import { takeDomain } from './domain.lock';
import { type DomainState, domainState } from './domain.state';
import { StorageDomain } from './storage-domain.entity';

/** Cinder shows its pools only to administrators; an account that is none has a domain of unknown capacity. */
async function lookAtCapacity(cinder: CinderReader): Promise<DomainCapacity> {
  try {
    return capacityOf(await cinder.pools());
  } catch (error) {
    if (isCinderError(error, 'forbidden')) return UNKNOWN_CAPACITY;
    throw error;
  }
}

/** Makes a domain usable: Cinder answers, and the hosts have the keys. A host without them is passed over when VMs are placed. */
@Injectable()
export class ActivateDomainSaga implements Saga<DomainState> {
  readonly name = 'activate-domain';
  readonly state = domainState;
  readonly steps: readonly Step<DomainState>[] = [
    {
      kind: 'transaction',
      name: 'Lock the storage domain',
      run: (state, tx) => this.lock(state, tx),
      undo: (state, tx) => this.unlock(state, tx),
    },
    { kind: 'call', name: 'Test the connection to Cinder', within: '20s', run: (state) => this.test(state) },
    { kind: 'call', name: 'Give the hosts the keys', run: (state, ctx) => this.giveKeys(state, ctx) },
    { kind: 'transaction', name: 'Activate the storage domain', run: (state, tx) => this.activate(state, tx) },
  ];

  constructor(
    private readonly readers: CinderReaders,
    private readonly secrets: HostSecretsService,
    private readonly hosts: HostSecretsClient,
    private readonly events: EventsService,
  ) {}

  describe({ domainName }: DomainState): string {
    return `Activating Storage Domain ${domainName}`;
  }

  async ended(state: DomainState, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    const { domainId: storageDomainId, dataCenterId, domainName, hostsNotReady = [] } = state;
    const [kind, text] =
      outcome.status === 'finished'
        ? (['DOMAIN_ACTIVATED', `Storage Domain ${domainName} was activated.${this.without(hostsNotReady)}`] as const)
        : (['DOMAIN_ACTIVATE_FAILED', `Failed to activate Storage Domain ${domainName}: ${outcome.reason}`] as const);
    await this.events.record(kind, text, { storageDomainId, dataCenterId }, tx);
  }

  private async lock({ domainId }: DomainState, tx: EntityManager): Promise<Partial<DomainState>> {
    const { status } = await takeDomain(tx, domainId, { action: 'activate', allowed: ['maintenance', 'inactive'] });
    await tx.update(StorageDomain, { id: domainId }, { status: 'activating' });
    await this.secrets.bump(tx);
    return { previousStatus: status === 'inactive' ? 'inactive' : 'maintenance' };
  }

  /** The hosts' keys go with the new version: the reconciler takes them away. */
  private async unlock({ domainId, previousStatus = 'maintenance' }: DomainState, tx: EntityManager): Promise<void> {
    await tx.update(StorageDomain, { id: domainId, status: 'activating' }, { status: previousStatus });
    await this.secrets.bump(tx);
  }

  private test({ providerId }: DomainState): Promise<Partial<DomainState>> {
    return outside('connect to Cinder', async () => {
      const cinder = await this.readers.reader(providerId);
      await cinder.checkConnection();
      return { ...(await lookAtCapacity(cinder)) };
    });
  }

  private async giveKeys({ dataCenterId }: DomainState, { operationId }: StepContext): Promise<Partial<DomainState>> {
    return { hostsNotReady: await this.hosts.giveAll(dataCenterId, operationId) };
  }

  private async activate({ domainId, availableBytes = null, usedBytes = null }: DomainState, tx: EntityManager): Promise<void> {
    const { affected } = await tx.update(
      StorageDomain,
      { id: domainId, status: 'activating' },
      { status: 'active', availableBytes, usedBytes },
    );
    if (affected !== 1) throw new ConflictError('The Storage Domain is no longer being activated.');
  }

  private without(hosts: readonly string[]): string {
    return hosts.length === 0 ? '' : ` These hosts could not be given its keys yet: ${hosts.join(', ')}.`;
  }
}

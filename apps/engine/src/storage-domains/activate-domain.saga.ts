import { isCinderError } from '@clinker/cinder';
import type { Saga, SagaOutcome, Step } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CinderReaders } from '../cinder/cinder.readers';
import { BackendError } from '../errors/domain.errors';
import { outside } from '../sagas/step.errors';
import { type DomainChange, DomainChangeClient } from './domain-change.client';
import { readPools } from './domain.capacity';
import { findingOf } from './domain.health';
import { type DomainState, domainState } from './domain.state';

/** Who activates a domain is told at once that the account is wrong; only what runs already waits for a better one. */
function refuseAccount(error: unknown): never {
  if (!isCinderError(error, 'unauthorized')) throw error;
  throw new BackendError(`Could not connect to Cinder: ${error.message}`, { cause: error });
}

const CHANGE: DomainChange = { action: 'activate', allowed: ['maintenance', 'inactive'], during: 'activating' };

/** Makes a domain usable: Cinder answers, and the hosts have the keys. A host without them is passed over when VMs are placed. */
@Injectable()
export class ActivateDomainSaga implements Saga<DomainState> {
  readonly name = 'activate-domain';
  readonly state = domainState;
  readonly steps: readonly Step<DomainState>[] = [
    {
      kind: 'transaction',
      name: 'Lock the storage domain',
      run: (state, tx) => this.change.lock(CHANGE, state, tx),
      undo: (state, tx) => this.change.unlock(CHANGE, state, tx),
    },
    { kind: 'call', name: 'Test the connection to Cinder', within: '20s', run: (state) => this.test(state) },
    { kind: 'call', name: 'Give the hosts the keys', run: (state, { operationId }) => this.change.giveKeys(state, operationId) },
    { kind: 'transaction', name: 'Activate the storage domain', run: (state, tx) => this.activate(state, tx) },
  ];

  constructor(
    private readonly readers: CinderReaders,
    private readonly change: DomainChangeClient,
  ) {}

  describe({ domainName }: DomainState): string {
    return `Activating Storage Domain ${domainName}`;
  }

  async ended(state: DomainState, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    const { domainName, hostsNotReady = [] } = state;
    const finished = ['DOMAIN_ACTIVATED', `Storage Domain ${domainName} was activated.${this.without(hostsNotReady)}`] as const;
    const failed = ['DOMAIN_ACTIVATE_FAILED', `Failed to activate Storage Domain ${domainName}`] as const;
    await this.change.tell(state, outcome, { finished, failed }, tx);
  }

  private test({ providerId }: DomainState): Promise<Partial<DomainState>> {
    return outside('connect to Cinder', async () => {
      const cinder = await this.readers.reader(providerId);
      await cinder.checkConnection().catch(refuseAccount);
      return { ...findingOf(await readPools(cinder)).capacity };
    });
  }

  private async activate(state: DomainState, tx: EntityManager): Promise<void> {
    const { availableBytes = null, usedBytes = null } = state;
    await this.change.settle(tx, state, 'active', { availableBytes, usedBytes, externalStatus: 'ok' });
  }

  private without(hosts: readonly string[]): string {
    return hosts.length === 0 ? '' : ` These hosts could not be given its keys yet: ${hosts.join(', ')}.`;
  }
}

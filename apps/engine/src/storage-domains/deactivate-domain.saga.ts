import type { Saga, SagaOutcome, Step } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type DomainChange, DomainChangeClient } from './domain-change.client';
import { type DomainState, domainState } from './domain.state';
import { refuseRunningTasks, refuseRunningVms } from './domain.use';

/** Who begins to use a disk holds the domain's row meanwhile (holdActiveDomains): so nothing begins between the look and the lock. */
async function refuseUsed(tx: EntityManager, domainId: string): Promise<void> {
  await refuseRunningTasks(tx, domainId, 'deactivate', 'Storage Domain');
  await refuseRunningVms(tx, domainId, 'deactivate', 'Storage Domain');
}

const CHANGE: DomainChange = {
  action: 'deactivate',
  allowed: ['active', 'inactive'],
  during: 'preparing_for_maintenance',
  check: refuseUsed,
};

/** Puts a domain that nothing uses into maintenance, and takes its keys from the hosts. */
@Injectable()
export class DeactivateDomainSaga implements Saga<DomainState> {
  readonly name = 'deactivate-domain';
  readonly state = domainState;
  readonly steps: readonly Step<DomainState>[] = [
    {
      kind: 'transaction',
      name: 'Lock the storage domain',
      run: (state, tx) => this.change.lock(CHANGE, state, tx),
      undo: (state, tx) => this.change.unlock(CHANGE, state, tx),
    },
    { kind: 'call', name: 'Take the keys from the hosts', run: (state, { operationId }) => this.change.giveKeys(state, operationId) },
    {
      kind: 'transaction',
      name: 'Put the storage domain into maintenance',
      run: (state, tx) => this.change.settle(tx, state, 'maintenance', { externalStatus: 'ok' }),
    },
  ];

  constructor(private readonly change: DomainChangeClient) {}

  describe({ domainName }: DomainState): string {
    return `Deactivating Storage Domain ${domainName}`;
  }

  async ended(state: DomainState, outcome: SagaOutcome, tx: EntityManager): Promise<void> {
    const { domainName } = state;
    const finished = ['DOMAIN_DEACTIVATED', `Storage Domain ${domainName} was deactivated and is in maintenance.`] as const;
    const failed = ['DOMAIN_DEACTIVATE_FAILED', `Failed to deactivate Storage Domain ${domainName}`] as const;
    await this.change.tell(state, outcome, { finished, failed }, tx);
  }
}

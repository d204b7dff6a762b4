import type { SagaOutcome } from '@clinker/sagas';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ConflictError } from '../errors/domain.errors';
import type { EventKind } from '../events/event.kinds';
import { EventsService } from '../events/events.service';
import { HostSecretsClient } from '../volume-providers/host-secrets.client';
import { HostSecretsService } from '../volume-providers/host-secrets.service';
import { takeDomain } from './domain.lock';
import type { DomainState } from './domain.state';
import { domainStatuses } from './domain.statuses';
import type { StorageDomain } from './storage-domain.entity';

/** A change of a domain's status that takes a while. */
export interface DomainChange {
  /** For the text of a refusal: `activate`. */
  readonly action: string;
  readonly allowed: readonly ('active' | 'inactive' | 'maintenance')[];
  /** The status meanwhile. */
  readonly during: 'activating' | 'preparing_for_maintenance';
  /** What the rows must be like for it, beside the status. @throws ConflictError */
  readonly check?: (tx: EntityManager, domainId: string) => Promise<void>;
}

/** The two events of an operation's end, with their texts. */
export interface DomainEnd {
  readonly finished: readonly [EventKind, string];
  /** The reason follows it. */
  readonly failed: readonly [EventKind, string];
}

/** What activation and deactivation have in common. Whenever the status changes, hosts must have other keys. */
@Injectable()
export class DomainChangeClient {
  constructor(
    private readonly secrets: HostSecretsService,
    private readonly hosts: HostSecretsClient,
    private readonly events: EventsService,
  ) {}

  /** The first step of a change: the domain is taken. @throws NotFoundError, ConflictError */
  async lock(
    { action, allowed, during, check }: DomainChange,
    { domainId }: DomainState,
    tx: EntityManager,
  ): Promise<Partial<DomainState>> {
    const { status } = await takeDomain(tx, domainId, { action, allowed });
    await check?.(tx, domainId);
    const previousStatus = allowed.find((one) => one === status);
    if (during === 'activating') await domainStatuses.move(tx, domainId, { from: ['maintenance', 'inactive'], to: during });
    else await domainStatuses.move(tx, domainId, { from: ['active', 'inactive'], to: during });
    await this.secrets.bump(tx);
    return { previousStatus };
  }

  /** Its undo: the domain is given back as it was. */
  async unlock({ during }: DomainChange, { domainId, previousStatus = 'maintenance' }: DomainState, tx: EntityManager): Promise<void> {
    await domainStatuses.move(tx, domainId, { from: during, to: previousStatus });
    await this.secrets.bump(tx);
  }

  /** The last step of a change. @throws ConflictError if the domain is no longer being changed */
  async settle(tx: EntityManager, { domainId }: DomainState, to: 'active' | 'maintenance', changes: Partial<StorageDomain>): Promise<void> {
    const settled =
      to === 'active'
        ? await domainStatuses.move(tx, domainId, { from: 'activating', to }, changes)
        : await domainStatuses.move(tx, domainId, { from: 'preparing_for_maintenance', to }, changes);
    if (!settled) throw new ConflictError('The Storage Domain is no longer being changed.');
  }

  /** Gives the hosts of the data center the keys that they shall have now. Those that cannot be reached get them when they can be: the reconciler sees to it. */
  async giveKeys({ dataCenterId }: DomainState, operationId: string): Promise<Partial<DomainState>> {
    return { hostsNotReady: await this.hosts.giveAll(dataCenterId, operationId) };
  }

  async tell(
    { domainId: storageDomainId, dataCenterId }: DomainState,
    outcome: SagaOutcome,
    end: DomainEnd,
    tx: EntityManager,
  ): Promise<void> {
    const [kind, text] = outcome.status === 'finished' ? end.finished : ([end.failed[0], `${end.failed[1]}: ${outcome.reason}`] as const);
    await this.events.record(kind, text, { storageDomainId, dataCenterId }, tx);
  }
}

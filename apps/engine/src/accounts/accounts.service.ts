import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { EventsService } from '../events/events.service';
import { AccessTokensService, type IssuedToken } from './access-tokens.service';
import type { Account } from './account.entity';
import type { Caller } from './caller';
import { type Credentials, CredentialsService } from './credentials.service';

export type { Caller } from './caller';
export type { Credentials } from './credentials.service';

const loginOf = ({ userName, domain }: Account): string => `${userName}@${domain}`;

/** From where somebody logs in, and what for. */
export interface Arrival {
  readonly address: string;
  readonly scope: string;
}

/** Log-in. */
@Injectable()
export class AccountsService {
  constructor(
    private readonly db: EntityManager,
    private readonly tokens: AccessTokensService,
    private readonly events: EventsService,
    private readonly credentials: CredentialsService,
  ) {}

  /**
   * A log-in that lasts.
   * @param lifetimeMs how long it lives without use; the configured time if not given
   * @throws UnauthenticatedError in oVirt's wording, the same for a wrong name and a wrong password; UnavailableError
   */
  async logIn(credentials: Credentials, scope: string, lifetimeMs?: number): Promise<IssuedToken> {
    const account = await this.credentials.check(credentials, 'token');
    return this.welcome(account, { address: credentials.address, scope }, lifetimeMs);
  }

  /** A log-in of somebody who has been recognized. @param lifetimeMs how long it lives without use; the configured time if not given */
  async welcome(account: Account, { address, scope }: Arrival, lifetimeMs?: number): Promise<IssuedToken> {
    const issued = await this.tokens.issue(account.id, scope, lifetimeMs);
    const text = `User ${loginOf(account)} connecting from '${address}' logged in.`;
    await this.events.record('USER_LOGGED_IN', text, { userId: account.id });
    return issued;
  }

  /** @throws UnauthenticatedError if the token is unknown or has expired */
  async callerOfToken(token: string): Promise<Caller> {
    return (await this.tokens.find(token)).caller;
  }

  /** Who this is, for one request. No event tells of it, only of a refusal. @throws UnauthenticatedError, UnavailableError */
  async callerOfPassword(credentials: Credentials): Promise<Caller> {
    const account = await this.credentials.check(credentials, 'request');
    const { id } = account;
    const memberships = await this.db.query<{ group_id: string }[]>('SELECT group_id FROM account_group_member WHERE account_id = $1', [
      id,
    ]);
    return { id, login: loginOf(account), groupIds: memberships.map((one) => one.group_id) };
  }

  /** Whether the database answers. */
  async isReachable(): Promise<boolean> {
    return this.db.query('SELECT 1').then(
      () => true,
      () => false,
    );
  }
}

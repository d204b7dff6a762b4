import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { ENGINE_SETTINGS, type EngineSettings } from '../engine.settings';
import { UnauthenticatedError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { AccessTokensService, type IssuedToken } from './access-tokens.service';
import { Account } from './account.entity';
import type { Caller } from './caller';
import { LoginThrottle } from './login.throttle';
import { hashPassword, passwordMatches } from './password-hash';
import { VerifiedPasswords } from './verified-passwords';

export type { Caller } from './caller';

/** A name and a password, and the address that they came from. */
export interface Credentials {
  readonly login: string;
  readonly password: string;
  readonly address: string;
}

/** Longer ones are no password that could have been set; deriving keys from them would be work for nothing. */
const MAX_LENGTH = 1_024;

/** PostgreSQL takes no NUL, events and logs no other control characters. */
const UNFIT = /[\p{Cc}\p{Cs}]/u;

const refusal = (login: string): UnauthenticatedError =>
  new UnauthenticatedError(`Cannot authenticate user '${login}': The user name or password is incorrect..`);

function refuseUnfit({ login, password }: Credentials): void {
  if (UNFIT.test(login) || login.length > MAX_LENGTH) throw refusal('?');
  if (password.length > MAX_LENGTH) throw refusal(login);
}

/** Log-in. */
@Injectable()
export class AccountsService {
  private readonly verified = new VerifiedPasswords();
  private readonly throttle = new LoginThrottle();

  /** Spends as much time on an unknown user as on a known one. */
  private readonly nobodysHash = hashPassword(randomBytes(16).toString('hex'));

  constructor(
    private readonly db: EntityManager,
    private readonly tokens: AccessTokensService,
    private readonly events: EventsService,
    @Inject(ENGINE_SETTINGS) private readonly settings: EngineSettings,
  ) {}

  /**
   * A log-in that lasts.
   * @param lifetimeMs how long it lives without use; the configured time if not given
   * @throws UnauthenticatedError in oVirt's wording, the same for a wrong name and a wrong password
   */
  async logIn(credentials: Credentials, scope: string, lifetimeMs = this.settings.CLINKER_TOKEN_LIFETIME): Promise<IssuedToken> {
    const account = await this.check(credentials);
    const issued = await this.tokens.issue(account.id, scope, lifetimeMs);
    const text = `User ${credentials.login} connecting from '${credentials.address}' logged in.`;
    await this.events.record('USER_LOGGED_IN', text, { userId: account.id });
    return issued;
  }

  /** @throws UnauthenticatedError if the token is unknown or has expired */
  async callerOfToken(token: string): Promise<Caller> {
    return (await this.tokens.find(token)).caller;
  }

  /** Who this is, for one request. No event tells of it, only of a refusal. @throws UnauthenticatedError */
  async callerOfPassword(credentials: Credentials): Promise<Caller> {
    const { id } = await this.check(credentials);
    const memberships = await this.db.query<{ group_id: string }[]>('SELECT group_id FROM account_group_member WHERE account_id = $1', [
      id,
    ]);
    return { id, login: credentials.login, groupIds: memberships.map((one) => one.group_id) };
  }

  /** Whether the database answers. */
  async isReachable(): Promise<boolean> {
    return this.db.query('SELECT 1').then(
      () => true,
      () => false,
    );
  }

  private async check(credentials: Credentials): Promise<Account> {
    const { login, password } = credentials;
    refuseUnfit(credentials);
    const account = await this.named(login);
    const familiarity = account ? this.verified.familiarity(account, password) : 'unknown';
    if (account && familiarity === 'fresh') return account;
    if (familiarity === 'unknown') await this.takeTurn(credentials);
    if (!(await this.matches(account, password)) || !account) return this.refuse(credentials, account);
    this.verified.remember(account, password);
    this.throttle.succeeded(login, credentials.address);
    return account;
  }

  private async named(login: string): Promise<Account | null> {
    const at = login.lastIndexOf('@');
    return at < 0 ? null : this.db.findOneBy(Account, { userName: login.slice(0, at), domain: login.slice(at + 1) });
  }

  /** Takes as long without an account or a password as with one. */
  private async matches(account: Account | null, password: string): Promise<boolean> {
    const stored = account?.passwordHash || (await this.nobodysHash);
    return passwordMatches(password, stored);
  }

  private async takeTurn({ login, address }: Credentials): Promise<void> {
    const wait = this.throttle.reserve(login, address);
    if (wait === undefined)
      throw new UnauthenticatedError(`Cannot authenticate user '${login}': There were too many failed log-ins. Try again later.`);
    if (wait > 0) await delay(wait);
  }

  private async refuse({ login, address }: Credentials, account: Account | null): Promise<never> {
    this.throttle.failed(login, address);
    const text = `User ${login} connecting from '${address}' failed to log in.`;
    await this.events.record('USER_LOGIN_FAILED', text, account ? { userId: account.id } : {});
    throw refusal(login);
  }
}

import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { UnauthenticatedError } from '../errors/domain.errors';
import { EventsService } from '../events/events.service';
import { Account } from './account.entity';
import { ExternalLoginService } from './external-login.service';
import { LoginThrottle } from './login.throttle';
import { hashPassword, passwordMatches } from './password-hash';
import { VerifiedPasswords } from './verified-passwords';

/** A name and a password, and the address that they came from. */
export interface Credentials {
  readonly login: string;
  readonly password: string;
  readonly address: string;
}

/** Longer ones are no password that could have been set; deriving keys from them would be work for nothing. */
const MAX_LENGTH = 1_024;

/** What a password is checked for. */
export type Purpose = 'token' | 'request';

/**
 * How long (ms) a password that the OpenID provider has accepted is taken as checked: single requests may follow each other quickly, but a token
 * is only given when the provider has just said so. Whom it shuts out must be out here.
 */
const EXTERNAL_FRESH_MS: Readonly<Record<Purpose, number>> = { token: 0, request: 10_000 };

/** PostgreSQL takes no NUL, events and logs no other control characters. */
const UNFIT = /[\p{Cc}\p{Cs}]/u;

const refusal = (login: string): UnauthenticatedError =>
  new UnauthenticatedError(`Cannot authenticate user '${login}': The user name or password is incorrect..`);

function refuseUnfit({ login, password }: Credentials): void {
  if (UNFIT.test(login) || login.length > MAX_LENGTH) throw refusal('?');
  if (password.length > MAX_LENGTH) throw refusal(login);
}

/** `name@profile`, split at the last `@`. */
function partsOf(login: string): { userName: string; profile: string } {
  const at = login.lastIndexOf('@');
  return at < 0 ? { userName: login, profile: '' } : { userName: login.slice(0, at), profile: login.slice(at + 1) };
}

/** Checks names and passwords, and slows down who guesses them. */
@Injectable()
export class CredentialsService {
  private readonly verified = new VerifiedPasswords();
  private readonly throttle = new LoginThrottle();

  /** Spends as much time on an unknown user as on a known one. */
  private readonly nobodysHash = hashPassword(randomBytes(16).toString('hex'));

  constructor(
    private readonly db: EntityManager,
    private readonly events: EventsService,
    private readonly external: ExternalLoginService,
  ) {}

  /**
   * Whose these are. Each refusal is an event.
   * @throws UnauthenticatedError in oVirt's wording, the same for a wrong name and a wrong password; UnavailableError if the OpenID provider
   *   cannot be asked
   */
  async check(credentials: Credentials, purpose: Purpose): Promise<Account> {
    const { login, password } = credentials;
    refuseUnfit(credentials);
    const known = await this.named(login);
    const freshMs = known && this.external.serves(known.domain) ? EXTERNAL_FRESH_MS[purpose] : undefined;
    const familiarity = known ? this.verified.familiarity(known, password, freshMs) : 'unknown';
    if (known && familiarity === 'fresh') return known;
    if (familiarity === 'unknown') await this.takeTurn(credentials);
    const account = await this.prove(credentials, known);
    if (!account) return this.refuse(credentials, known);
    this.verified.remember(account, password);
    this.throttle.succeeded(login, credentials.address);
    return account;
  }

  private async named(login: string): Promise<Account | null> {
    const { userName, profile } = partsOf(login);
    return profile === '' ? null : this.db.findOneBy(Account, { userName, domain: profile });
  }

  /**
   * Whose name and password these are, if anybody's: by the provider's word, or by the password that is stored. The provider is not asked about
   * empty ones: there are directories that let in whoever gives no password.
   */
  private async prove({ login, password }: Credentials, known: Account | null): Promise<Account | null | undefined> {
    const { userName, profile } = partsOf(login);
    if (this.external.serves(profile)) return userName && password ? this.external.prove(userName, password) : null;
    return (await this.matches(known, password)) ? known : null;
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

import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { EntityManager, LessThan } from 'typeorm';
import { ENGINE_SETTINGS, type EngineSettings } from '../engine.settings';
import { UnauthenticatedError } from '../errors/domain.errors';
import { AccessToken, Account } from './account.entity';
import { hashPassword, passwordMatches } from './password-hash';

/** Who asks. */
export interface Caller {
  readonly id: string;
  /** `name@domain`, as it was logged in with. */
  readonly login: string;
}

/** What a log-in gives. */
export interface IssuedToken {
  readonly token: string;
  readonly scope: string;
  readonly expiresAt: Date;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** How long (ms) a checked Basic header is taken as checked: a key derivation for each request would cost more than the request. */
const BASIC_MEMORY_MS = 60_000;

/** Log-in and tokens. */
@Injectable()
export class AccountsService {
  private readonly checkedBasics = new Map<string, { caller: Caller; until: number }>();

  /** Spends as much time on an unknown user as on a known one. */
  private readonly nobodysHash = hashPassword(randomBytes(16).toString('hex'));

  constructor(
    private readonly db: EntityManager,
    @Inject(ENGINE_SETTINGS) private readonly settings: EngineSettings,
  ) {}

  /** @throws UnauthenticatedError in oVirt's wording, the same for a wrong name and a wrong password */
  async logIn(login: string, password: string, scope: string): Promise<IssuedToken> {
    const account = await this.check(login, password);
    const token = randomBytes(64).toString('base64url');
    const expiresAt = new Date(Date.now() + this.settings.CLINKER_TOKEN_LIFETIME);
    await this.db.insert(AccessToken, { tokenHash: sha256(token), accountId: account.id, scope, expiresAt });
    await this.db.delete(AccessToken, { expiresAt: LessThan(new Date()) });
    return { token, scope, expiresAt };
  }

  /** @throws UnauthenticatedError if the token is unknown or has expired */
  async callerOfToken(token: string): Promise<Caller> {
    const found = await this.db.findOneBy(AccessToken, { tokenHash: sha256(token) });
    if (!found || found.expiresAt < new Date()) throw new UnauthenticatedError('The token is unknown or has expired.');
    const account = await this.db.findOneByOrFail(Account, { id: found.accountId });
    await this.prolong(found);
    return { id: account.id, login: `${account.userName}@${account.domain}` };
  }

  /** @throws UnauthenticatedError */
  async callerOfPassword(login: string, password: string): Promise<Caller> {
    const key = sha256(`${login}\n${password}`);
    const known = this.checkedBasics.get(key);
    if (known && known.until > Date.now()) return known.caller;
    const account = await this.check(login, password);
    const caller = { id: account.id, login };
    this.forgetOldBasics();
    this.checkedBasics.set(key, { caller, until: Date.now() + BASIC_MEMORY_MS });
    return caller;
  }

  /** Ends a log-in. An unknown token is fine. */
  async logOut(token: string): Promise<void> {
    await this.db.delete(AccessToken, { tokenHash: sha256(token) });
  }

  /** Whether the database answers. */
  async isReachable(): Promise<boolean> {
    return this.db.query('SELECT 1').then(
      () => true,
      () => false,
    );
  }

  private async check(login: string, password: string): Promise<Account> {
    const at = login.lastIndexOf('@');
    const account = at < 0 ? null : await this.db.findOneBy(Account, { userName: login.slice(0, at), domain: login.slice(at + 1) });
    const matches = await passwordMatches(password, account?.passwordHash ?? (await this.nobodysHash));
    if (account && matches) return account;
    throw new UnauthenticatedError(`Cannot authenticate user '${login}': The user name or password is incorrect..`);
  }

  /** Tokens live for a time without use. Writes only when half of it has passed. */
  private async prolong(token: AccessToken): Promise<void> {
    const lifetime = this.settings.CLINKER_TOKEN_LIFETIME;
    if (token.expiresAt.getTime() - Date.now() > lifetime / 2) return;
    await this.db.update(AccessToken, { tokenHash: token.tokenHash }, { expiresAt: new Date(Date.now() + lifetime) });
  }

  private forgetOldBasics(): void {
    for (const [key, { until }] of this.checkedBasics) if (until <= Date.now()) this.checkedBasics.delete(key);
  }
}

import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { EntityManager, LessThan } from 'typeorm';
import { ENGINE_SETTINGS, type EngineSettings } from '../engine.settings';
import { UnauthenticatedError } from '../errors/domain.errors';
import { BriefMemory } from '../permissions/brief.memory';
import { AccessToken } from './account.entity';
import type { Caller } from './caller';

/** What a log-in gives. */
export interface IssuedToken {
  readonly token: string;
  readonly scope: string;
  readonly expiresAt: Date;
}

/** A token that is in force, and whose it is. */
export interface TokenInfo {
  readonly caller: Caller;
  readonly scope: string;
  readonly expiresAt: Date;
}

/** Most tokens that one account has at a time: clients that never log out must not fill the table. The oldest goes. */
const MAX_PER_ACCOUNT = 1_000;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const expired = (): UnauthenticatedError => new UnauthenticatedError('The token is unknown or has expired.');

const SURPLUS = `DELETE FROM access_token WHERE account_id = $1 AND token_hash IN
  (SELECT token_hash FROM access_token WHERE account_id = $1 ORDER BY issued_at DESC OFFSET ${MAX_PER_ACCOUNT})`;

const FIND = `SELECT token.scope, token.expires_at, token.lifetime_ms, account.id, account.user_name || '@' || account.domain AS login,
    ARRAY(SELECT group_id FROM account_group_member member WHERE member.account_id = account.id) AS group_ids
  FROM access_token token JOIN account ON account.id = token.account_id WHERE token.token_hash = $1 AND token.expires_at > now()`;

interface FoundToken {
  scope: string;
  expires_at: Date;
  lifetime_ms: string;
  id: string;
  login: string;
  group_ids: string[];
}

/**
 * The tokens and sessions of log-ins. A token is shown once, when it is issued; the database knows only its hash. One that was in force is
 * believed for a moment; what ends it here ends it at once.
 */
@Injectable()
export class AccessTokensService {
  private readonly known = new BriefMemory<FoundToken>();

  constructor(
    private readonly db: EntityManager,
    @Inject(ENGINE_SETTINGS) private readonly settings: EngineSettings,
  ) {}

  /** @param lifetimeMs how long it lives without use; the configured time if not given */
  async issue(accountId: string, scope: string, lifetimeMs = this.settings.CLINKER_TOKEN_LIFETIME): Promise<IssuedToken> {
    const token = randomBytes(64).toString('base64url');
    const expiresAt = new Date(Date.now() + lifetimeMs);
    await this.db.insert(AccessToken, { tokenHash: sha256(token), accountId, scope, expiresAt, lifetimeMs });
    await this.db.delete(AccessToken, { expiresAt: LessThan(new Date()) });
    await this.db.query(SURPLUS, [accountId]);
    return { token, scope, expiresAt };
  }

  /** Each use prolongs it. @throws UnauthenticatedError if the token is unknown or has expired */
  async find(token: string): Promise<TokenInfo> {
    const tokenHash = sha256(token);
    const found = await this.known.get(tokenHash, () => this.read(tokenHash));
    if (found.expires_at.getTime() < Date.now()) throw expired();
    await this.prolong(tokenHash, found);
    const caller = { id: found.id, login: found.login, groupIds: found.group_ids };
    return { caller, scope: found.scope, expiresAt: found.expires_at };
  }

  /** Ends a log-in. An unknown token is fine. */
  async end(token: string): Promise<void> {
    const tokenHash = sha256(token);
    await this.db.delete(AccessToken, { tokenHash });
    this.known.forget(tokenHash);
  }

  /** Ends all log-ins of an account. */
  async endAll(accountId: string, tx: EntityManager = this.db): Promise<void> {
    await tx.delete(AccessToken, { accountId });
  }

  /** To be called after every change of accounts and groups has been committed. */
  changed(): void {
    this.known.forget();
  }

  private async read(tokenHash: string): Promise<FoundToken> {
    const [found] = await this.db.query<FoundToken[]>(FIND, [tokenHash]);
    if (found) return found;
    throw expired();
  }

  /** Writes only when half of the lifetime has passed. */
  private async prolong(tokenHash: string, { expires_at: expiresAt, lifetime_ms: text }: FoundToken): Promise<void> {
    const lifetime = Number(text);
    if (expiresAt.getTime() - Date.now() > lifetime / 2) return;
    await this.db.update(AccessToken, { tokenHash }, { expiresAt: new Date(Date.now() + lifetime) });
    this.known.forget(tokenHash);
  }
}

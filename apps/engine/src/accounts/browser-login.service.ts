import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { EntityManager } from 'typeorm';
import { DomainError, UnavailableError } from '../errors/domain.errors';
import type { IssuedToken } from './access-tokens.service';
import { Account } from './account.entity';
import { AccountsService } from './accounts.service';
import type { Handshake } from './browser-login.cookie';
import type { Asked } from './browser-login.input';
import { ExternalLoginService } from './external-login.service';
import { type Form, SsoRefusal, required } from './sso.documents';

/** How long a program may take to fetch the token. */
const CODE_LIVES = "interval '1 minute'";

const ADD = `INSERT INTO log_in_code (code_hash, account_id, redirect_uri, challenge, scope, expires_at)
  VALUES ($1, $2, $3, $4, $5, now() + ${CODE_LIVES})`;

/** A code is used up by the first who shows it, whatever else he shows. */
const TAKE = `DELETE FROM log_in_code WHERE code_hash = $1 OR expires_at < now()
  RETURNING code_hash, account_id, redirect_uri, challenge, scope, expires_at > now() AS fresh`;

interface TakenCode {
  code_hash: string;
  account_id: string;
  redirect_uri: string;
  challenge: string;
  scope: string;
  fresh: boolean;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** Log-in at the provider's own pages: a program sends the browser here, and gets a code by which it fetches one of our tokens. */
@Injectable()
export class BrowserLoginService {
  constructor(
    private readonly db: EntityManager,
    private readonly accounts: AccountsService,
    private readonly external: ExternalLoginService,
  ) {}

  /** @param callback where the provider sends the browser back to @returns where it goes now @throws SsoRefusal, UnavailableError */
  async begin(callback: string, asked: Asked): Promise<{ address: string; handshake: Handshake }> {
    const { address, ...secrets } = await this.external.begin(callback);
    return { address, handshake: { ...secrets, asked } };
  }

  /**
   * @param arrived where the browser came back to, with what the provider says
   * @returns where it goes: to the program, with a code or an error
   * @throws SsoRefusal if this is not the way back of what this browser began
   */
  async finish(arrived: URL, { asked, ...secrets }: Handshake): Promise<string> {
    if (arrived.searchParams.get('state') !== secrets.state)
      throw new SsoRefusal('invalid_request', 'This is not the way back of the log-in that this browser has begun. Begin anew.');
    try {
      const account = await this.external.proveByCode(arrived, secrets);
      return addressOf(asked, account ? { code: await this.issueCode(account, asked) } : { error: 'access_denied' });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const code = error instanceof UnavailableError ? 'temporarily_unavailable' : 'access_denied';
      return addressOf(asked, { error: code, error_description: error.message });
    }
  }

  /** The token for a code (RFC 6749, section 4.1.3). @param address from which it is asked for @throws SsoRefusal */
  async redeem(form: Form, address: string): Promise<IssuedToken> {
    const hash = sha256(required(form, 'code'));
    const [taken] = await this.db.query<[TakenCode[], number]>(TAKE, [hash]);
    const code = taken.find((one) => one.code_hash === hash);
    const proves = code?.challenge === sha256(required(form, 'code_verifier')) && code.redirect_uri === form['redirect_uri'];
    const account = code?.fresh && proves ? await this.db.findOneBy(Account, { id: code.account_id }) : null;
    if (!code || !account) throw new SsoRefusal('invalid_grant', 'The provided authorization grant for the auth code has expired.');
    return this.accounts.welcome(account, { address, scope: code.scope });
  }

  private async issueCode({ id }: Account, { redirectUri, challenge, scope }: Asked): Promise<string> {
    const code = randomBytes(32).toString('base64url');
    await this.db.query(ADD, [sha256(code), id, redirectUri, challenge, scope]);
    return code;
  }
}

/** The program's address with the answer for it. */
function addressOf({ redirectUri, state }: Asked, answer: Readonly<Record<string, string>>): string {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries({ ...answer, ...(state === undefined ? {} : { state }) })) url.searchParams.set(name, value);
  return url.href;
}

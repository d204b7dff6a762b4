import type { Logger } from '@clinker/logging';
import { All, Controller, Inject, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { DomainError, UnauthenticatedError } from '../errors/domain.errors';
import { addressOf, basicCredentials } from '../http/auth.guard';
import { LOGGER } from '../logger';
import { Open } from '../permissions/access.declarations';
import { AccessTokensService, type IssuedToken } from './access-tokens.service';
import { AccountsService, type Credentials } from './accounts.service';
import { BrowserLoginService } from './browser-login.service';
import { API_SCOPE, type Form, SsoRefusal, formOf, refusalDocument, required, tokenDocument, tokenInfoDocument } from './sso.documents';

const HTTP_GRANT = 'urn:ovirt:params:oauth:grant-type:http';

/** Longer scopes than clients could mean. */
const MAX_SCOPE = 1_024;

const parameters = (request: Request): Form => formOf(request.query, request.body);

function scopeOf(form: Form): string {
  const scope = form['scope'] || API_SCOPE;
  if (scope.length <= MAX_SCOPE && /^[\x20-\x7e]+$/.test(scope)) return scope;
  throw new SsoRefusal('invalid_scope', 'The scope is no list of words.');
}

function credentialsOf(request: Request, form: Form): Credentials {
  const grant = required(form, 'grant_type');
  if (grant === 'password') return { login: required(form, 'username'), password: required(form, 'password'), address: addressOf(request) };
  if (grant !== HTTP_GRANT) throw new SsoRefusal('unsupported_grant_type', `The grant type ${grant.slice(0, 100)} is not supported.`);
  if (!request.headers.authorization) throw new SsoRefusal('invalid_request', "Missing parameter: 'Authorization Header'");
  return basicCredentials(request);
}

/** oVirt's single sign-on as far as API clients use it. Any method will do, and parameters may be in the query. */
@Open()
@Controller('ovirt-engine')
export class SsoController {
  constructor(
    private readonly accounts: AccountsService,
    private readonly tokens: AccessTokensService,
    private readonly browsers: BrowserLoginService,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @All(['sso/oauth/token', 'sso/oauth/token-http-auth'])
  token(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.answer(request, response, async (form) => tokenDocument(await this.grant(request, form)));
  }

  /** The token is enough: who shows it may end it. Credentials of a client, which oVirt wants here, are not looked at. */
  @All(['services/sso-logout', 'sso/oauth/revoke'])
  logOut(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.answer(request, response, async ({ token }) => {
      if (token) await this.tokens.end(token);
      return {};
    });
  }

  @All('sso/oauth/token-info')
  tokenInfo(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.answer(request, response, async (form) => {
      const info = await this.tokens.find(required(form, 'token')).catch((error: unknown) => {
        if (!(error instanceof UnauthenticatedError)) throw error;
        throw new SsoRefusal('invalid_grant', 'The provided authorization grant for the auth code has expired.');
      });
      return tokenInfoDocument(info);
    });
  }

  @All('sso/status')
  status(@Res() response: Response): void {
    response.json({ status: 'active', status_description: 'SSO Webapp Welcome', version: '0' });
  }

  private grant(request: Request, form: Form): Promise<IssuedToken> {
    if (!/^application\/json\b/.test(request.headers.accept ?? ''))
      throw new SsoRefusal('invalid_request', "Missing parameter: 'Accept Header'");
    const scope = scopeOf(form);
    if (form['grant_type'] === 'authorization_code') return this.browsers.redeem(form, addressOf(request));
    return this.accounts.logIn(credentialsOf(request, form), scope);
  }

  private async answer(request: Request, response: Response, work: (form: Form) => Promise<object>): Promise<void> {
    const form = parameters(request);
    response.setHeader('Cache-Control', 'no-store');
    try {
      response.json(await work(form));
    } catch (error) {
      if (!(error instanceof SsoRefusal || error instanceof DomainError)) this.log.error({ err: error }, 'A log-in failed');
      response.status(400).json(refusalDocument(error, form['scope'] || API_SCOPE));
    }
  }
}

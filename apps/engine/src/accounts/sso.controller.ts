import { All, Body, Controller, Get, HttpCode, Inject, Post, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { readFile } from 'node:fs/promises';
import { ENGINE_SETTINGS, type EngineSettings } from '../engine.settings';
import { UnauthenticatedError } from '../errors/domain.errors';
import { AccountsService, type IssuedToken } from './accounts.service';

type Form = Record<string, string | undefined>;

/** What cannot be answered with a token: oVirt's error document, with status 400. */
class SsoRefusal extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

const tokenDocument = ({ token, scope, expiresAt }: IssuedToken) => ({
  access_token: token,
  scope,
  exp: String(expiresAt.getTime()),
  token_type: 'bearer',
});

function basicCredentials(request: Request): { username: string; password: string } {
  const text = Buffer.from((request.headers.authorization ?? '').replace(/^basic\s+/i, ''), 'base64').toString();
  const colon = text.indexOf(':');
  if (colon < 0) throw new SsoRefusal('invalid_request', "Missing parameter: 'Authorization Header'");
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

function required(form: Form, name: string): string {
  const value = form[name];
  if (!value) throw new SsoRefusal('invalid_request', `Missing parameter: '${name}'`);
  return value;
}

/** oVirt's single sign-on as far as API clients use it, and the services beside it. */
@Controller()
export class SsoController {
  constructor(
    private readonly accounts: AccountsService,
    @Inject(ENGINE_SETTINGS) private readonly settings: EngineSettings,
  ) {}

  @All(['/ovirt-engine/sso/oauth/token', '/ovirt-engine/sso/oauth/token-http-auth'])
  @HttpCode(200)
  async token(@Req() request: Request, @Res() response: Response): Promise<void> {
    try {
      const form: Form = { ...(request.query as Form), ...(typeof request.body === 'object' ? (request.body as Form) : {}) };
      response.json(tokenDocument(await this.grant(request, form)));
    } catch (error) {
      this.refuse(response, error);
    }
  }

  @Post(['/ovirt-engine/services/sso-logout', '/ovirt-engine/sso/oauth/revoke'])
  @HttpCode(200)
  async logOut(@Body() form: Form | undefined): Promise<object> {
    if (form?.['token']) await this.accounts.logOut(form['token']);
    return {};
  }

  @Get('/ovirt-engine/services/health')
  async health(@Res() response: Response): Promise<void> {
    const up = await this.accounts.isReachable();
    response
      .status(up ? 200 : 503)
      .type('text/plain')
      .send(up ? 'DB Up!Welcome to Health Status!' : 'DB Down!');
  }

  @Get('/ovirt-engine/services/pki-resource')
  async certificate(@Query('resource') resource: string | undefined, @Res() response: Response): Promise<void> {
    if (resource !== 'ca-certificate') return void response.status(404).type('text/plain').send("The resource is 'ca-certificate'.");
    response.type('application/x-x509-ca-cert').send(await readFile(this.settings.CLINKER_CA, 'utf8'));
  }

  private grant(request: Request, form: Form): Promise<IssuedToken> {
    if (!/^application\/json\b/.test(request.headers.accept ?? ''))
      throw new SsoRefusal('invalid_request', "Missing parameter: 'Accept Header'");
    const scope = form['scope'] ?? 'ovirt-app-api';
    switch (required(form, 'grant_type')) {
      case 'password':
        return this.accounts.logIn(required(form, 'username'), required(form, 'password'), scope);
      case 'urn:ovirt:params:oauth:grant-type:http': {
        const { username, password } = basicCredentials(request);
        return this.accounts.logIn(username, password, scope);
      }
      default:
        throw new SsoRefusal('unsupported_grant_type', `The grant type ${String(form['grant_type'])} is not supported.`);
    }
  }

  /** The REST scope has an error document of its own; clients look for `access_denied` in it. */
  private refuse(response: Response, error: unknown): void {
    if (error instanceof UnauthenticatedError) return void response.status(400).json({ error_code: 'access_denied', error: error.message });
    if (error instanceof SsoRefusal) return void response.status(400).json({ error_code: error.code, error: error.message });
    response.status(400).json({ error_code: 'server_error', error: 'The log-in could not be checked. Try again.' });
  }
}

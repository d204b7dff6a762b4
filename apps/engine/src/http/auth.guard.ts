import { addToLogContext } from '@clinker/logging';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { AccessTokensService } from '../accounts/access-tokens.service';
import { AccountsService, type Credentials } from '../accounts/accounts.service';
import type { Caller } from '../accounts/caller';
import { UnauthenticatedError } from '../errors/domain.errors';
import { ACCESS, type Declaration } from '../permissions/access.declarations';
import type { ApiRequest, WithApi } from './api-request';
import { type SessionRequest, forgetSession, sessionRequest, showSession } from './session';

/** The scope of sessions: they are tokens too, but belong to a cookie. */
const SESSION_SCOPE = 'session';

/** Whether a route declares that it is for everybody. */
const isOpen = (context: ExecutionContext): boolean => {
  const declaration: unknown = Reflect.getMetadata(ACCESS, context.getHandler()) ?? Reflect.getMetadata(ACCESS, context.getClass());
  return (declaration as Declaration | undefined)?.kind === 'open';
};

/** A request on its way through the guard. */
interface Visit {
  readonly api: ApiRequest;
  readonly request: Request;
  readonly response: Response;
  readonly session: SessionRequest;
}

/** Where a request comes from. The engine is meant to be reached without a proxy: headers that name other addresses are not believed. */
export const addressOf = (request: Request): string => request.socket.remoteAddress ?? '';

/** The name and password of a header `Basic …`. */
export function basicCredentials(request: Request): Credentials {
  const encoded = /^basic\s+(\S+)\s*$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const text = Buffer.from(encoded, 'base64').toString();
  const colon = text.indexOf(':');
  if (colon < 0) throw new UnauthenticatedError('The Basic credentials are malformed.');
  return { login: text.slice(0, colon), password: text.slice(colon + 1), address: addressOf(request) };
}

/**
 * Lets through who shows a token, a password or a session; puts the caller into the request. What is not below the API (log-in, health)
 * is open. A header decides before a cookie, so that a session never hides a wrong password.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly accounts: AccountsService,
    private readonly tokens: AccessTokensService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<WithApi>();
    const { api } = request;
    if (!api || isOpen(context)) return true;
    const visit = { api, request, response: http.getResponse<Response>(), session: sessionRequest(request) };
    api.caller = await this.identify(visit);
    addToLogContext({ userId: api.caller.id });
    return true;
  }

  private async identify(visit: Visit): Promise<Caller> {
    const [scheme = '', credentials = ''] = (visit.request.headers.authorization ?? '').split(/\s+/, 2);
    if (/^bearer$/i.test(scheme)) return this.accounts.callerOfToken(credentials);
    if (/^basic$/i.test(scheme)) return this.callerOfBasic(visit);
    if (!scheme && visit.session.token && !visit.session.renew) return this.callerOfSession(visit, visit.session.token);
    throw new UnauthenticatedError('Log in first: a bearer token or a user name and password is needed.');
  }

  private async callerOfBasic({ api, request, response, session }: Visit): Promise<Caller> {
    const credentials = basicCredentials(request);
    const caller = await this.accounts.callerOfPassword(credentials);
    if (!session.persistent || (await this.isOwnSession(session, caller))) return caller;
    const { token } = await this.accounts.logIn(credentials, SESSION_SCOPE, session.lifetimeMs);
    showSession(response, api.links.prefix, token);
    return caller;
  }

  private async callerOfSession({ api, response, session }: Visit, token: string): Promise<Caller> {
    const caller = await this.accounts.callerOfToken(token);
    if (session.persistent) return caller;
    await this.tokens.end(token);
    forgetSession(response, api.links.prefix);
    return caller;
  }

  private async isOwnSession({ token, renew }: SessionRequest, { id }: Caller): Promise<boolean> {
    if (!token || renew) return false;
    return this.accounts.callerOfToken(token).then(
      (owner) => owner.id === id,
      (error: unknown) => {
        if (error instanceof UnauthenticatedError) return false;
        throw error;
      },
    );
  }
}

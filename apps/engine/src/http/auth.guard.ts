import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { AccountsService, type Caller } from '../accounts/accounts.service';
import { UnauthenticatedError } from '../errors/domain.errors';
import type { WithApi } from './api-request';

/** Lets through who shows a token or a password; puts the caller into the request. What is not below the API (log-in, health) is open. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(private readonly accounts: AccountsService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<WithApi>();
    if (request.api) request.api.caller = await this.identify(request.headers.authorization ?? '');
    return true;
  }

  private async identify(authorization: string): Promise<Caller> {
    const [scheme = '', credentials = ''] = authorization.split(/\s+/, 2);
    if (/^bearer$/i.test(scheme)) return this.accounts.callerOfToken(credentials);
    if (/^basic$/i.test(scheme)) return this.callerOfBasic(credentials);
    throw new UnauthenticatedError('Log in first: a bearer token or a user name and password is needed.');
  }

  private callerOfBasic(credentials: string): Promise<Caller> {
    const text = Buffer.from(credentials, 'base64').toString();
    const colon = text.indexOf(':');
    if (colon < 0) throw new UnauthenticatedError('The Basic credentials are malformed.');
    return this.accounts.callerOfPassword(text.slice(0, colon), text.slice(colon + 1));
  }
}

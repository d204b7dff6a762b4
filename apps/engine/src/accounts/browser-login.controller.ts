import type { Logger } from '@clinker/logging';
import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { DomainError } from '../errors/domain.errors';
import { LOGGER } from '../logger';
import { Open } from '../permissions/access.declarations';
import { forgetHandshake, handshakeOf, showHandshake } from './browser-login.cookie';
import { askedOf } from './browser-login.input';
import { BrowserLoginService } from './browser-login.service';
import { SsoRefusal, formOf, refusalDocument } from './sso.documents';

/** The way back, which is registered with the provider. */
const CALLBACK = 'sso/oauth/callback';

/** The engine's own address as the browser knows it. The provider takes no other than the one that is registered with it. */
function callbackOf({ headers }: Request): URL {
  const host = headers.host ?? '';
  if (!/^[\w.:[\]-]+$/.test(host) || !URL.canParse(`https://${host}`))
    throw new SsoRefusal('invalid_request', 'The header Host cannot be used.');
  return new URL(`https://${host}/ovirt-engine/${CALLBACK}`);
}

/** Log-in by a browser at the OpenID provider's pages (authorization code with PKCE), for programs beside the browser. */
@Open()
@Controller('ovirt-engine')
export class BrowserLoginController {
  constructor(
    private readonly logins: BrowserLoginService,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @Get('sso/oauth/authorize')
  authorize(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.send(response, async () => {
      const { address, handshake } = await this.logins.begin(callbackOf(request).href, askedOf(formOf(request.query)));
      showHandshake(response, handshake);
      return address;
    });
  }

  @Get(CALLBACK)
  callback(@Req() request: Request, @Res() response: Response): Promise<void> {
    return this.send(response, async () => {
      const handshake = handshakeOf(request);
      forgetHandshake(response);
      if (!handshake) throw new SsoRefusal('invalid_request', 'This browser has begun no log-in, or too long ago. Begin anew.');
      const arrived = callbackOf(request);
      arrived.search = new URL(request.originalUrl, arrived).search;
      return this.logins.finish(arrived, handshake);
    });
  }

  private async send(response: Response, work: () => Promise<string>): Promise<void> {
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Referrer-Policy', 'no-referrer');
    try {
      response.redirect(302, await work());
    } catch (error) {
      if (!(error instanceof SsoRefusal || error instanceof DomainError)) this.log.error({ err: error }, 'A log-in failed');
      response.status(400).json(refusalDocument(error, ''));
    }
  }
}

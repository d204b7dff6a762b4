import { type WireObject, apiRoot, parameter } from '@clinker/ovirt-api';
import { Controller, Get, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { UnsupportedError } from '../errors/domain.errors';
import { Api, type ApiRequest } from '../http/api-request';
import { type Reply, ok } from '../http/reply';
import { LoggedIn } from '../permissions/access.declarations';
import { RootService } from './root.service';

/** The links of a document as a header, for `HEAD`. */
const linkHeader = ({ link }: WireObject): string =>
  (link as { href: string; rel: string }[]).map(({ href, rel }) => `<${href}>; rel=${rel}`).join(',');

/** oVirt's own descriptions of its API. */
const DESCRIPTIONS = ['schema', 'rsdl'];

/** The document from which clients find everything else. */
@Controller('api')
export class RootController {
  constructor(private readonly root: RootService) {}

  @Get()
  @LoggedIn()
  async get(@Api() api: ApiRequest, @Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<Reply> {
    if (DESCRIPTIONS.some((name) => parameter(api.target, name) !== undefined))
      throw new UnsupportedError(`There is no XML schema here. The API is described in ${api.links.href('openapi.json')}.`);
    const [instanceId, summary] = await Promise.all([this.root.installationId(), this.root.summary()]);
    const { id } = api.caller;
    const body = apiRoot(api.links, { instanceId, summary, time: new Date(), authenticatedUserId: id, effectiveUserId: id });
    if (request.method === 'HEAD') response.setHeader('Link', linkHeader(body));
    return ok('api', body);
  }
}
